"""People who do what the recipes of CONTRIBUTING.md say, step by step: the page says what is run and written."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.country import DATA, ROUNDS, SURVEY, with_a_merger
from tests.acceptance.page import PAGE, Step, steps
from tests.acceptance.project import copy_data, copy_project, replace, run
from tests.deciding import decide

DIVISION, SURVEY_RECIPE, ROUND, FORMAT = (
    "Add a registry division", "Add a survey", "Add a round", "Add an export format",
)  # fmt: skip
NEW_FORMAT = PROJECT_ROOT / "tests" / "new_format"
PROGRAMS = {
    "kuntakysely": [sys.executable, "-m", "orchestration.commands.cli"],
    ".venv/bin/python": [sys.executable],
}


@dataclass
class Person:
    """Somebody who does what the page says, and nothing else. `finished` is a data folder with all that they would
    write, `known` what they put in the place of <survey> and the like."""

    paths: DataPaths
    finished: Path
    known: dict[str, str]
    project: Path = PROJECT_ROOT
    ran: list[str] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)

    def follow(self, recipe: str) -> None:
        """Do every step; what a step says to run or to write was run and written, in its order."""
        for step in steps(PAGE, recipe):
            HANDS[recipe, step.number](self, step)
            assert (self.ran, self.wrote) == (step.commands, step.data_files), step
            self.ran, self.wrote = [], []

    def run(self, step: Step, exit_code: int = 0) -> str:
        """What the commands of a step said."""
        said = ""
        for command in step.commands:
            program, *arguments = shlex.split(self.filled(command))
            done = run(self.paths, [*PROGRAMS[program], *arguments], self.project)
            assert done.returncode == exit_code, f"{command}\n{done.stdout}"
            said += done.stdout
        self.ran += step.commands
        return said

    def write(self, step: Step) -> None:
        """Write the files that a step names; a step that begins with a condition may be none for this person."""
        for name in step.data_files:
            file = Path(self.filled(name)).relative_to("data")
            (self.paths.root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.finished / file, self.paths.root / file)
        self.wrote += step.data_files

    def filled(self, text: str) -> str:
        return re.sub(r"<(\w+)>", lambda found: self.known[found[1]], text)

    @property
    def round_folder(self) -> Path:
        return self.paths.root / ROUNDS / self.known["round"]


Hand = Callable[[Person, Step], None]
HANDS: dict[tuple[str, int], Hand] = {}


def hand(recipe: str, *numbers: int) -> Callable[[Hand], Hand]:
    """What is done by hand in some steps of a recipe."""

    def register(function: Hand) -> Hand:
        HANDS.update(dict.fromkeys([(recipe, number) for number in numbers], function))
        return function

    return register


@hand(DIVISION, 1, 2, 3)
@hand(SURVEY_RECIPE, 1, 2, 3, 4, 5)
def write_the_files(person: Person, step: Step) -> None:
    person.write(step)


@hand(DIVISION, 4)
def write_the_changes(person: Person, step: Step) -> None:
    """The first division has none."""
    if len(list(person.paths.registry.glob("*/municipalities.csv"))) > 1:
        person.write(step)
    else:
        person.wrote += step.data_files


@hand(DIVISION, 5)
@hand(SURVEY_RECIPE, 6)
@hand(ROUND, 4)
def find_no_fault(person: Person, step: Step) -> None:
    assert person.run(step) == "0 faults found.\n"


@hand(ROUND, 1)
def draft(person: Person, step: Step) -> None:
    assert "each marked with ?" in person.run(step)
    assert len(list(person.round_folder.glob("responses.*"))) == 1


@hand(ROUND, 2)
def see_what_is_marked(person: Person, step: Step) -> None:
    """Each fault is a mark: nothing else stands in the way of a draft."""
    *faults, count = person.run(step, exit_code=2).strip().split("\n\n")
    assert count == f"{len(faults)} faults found."
    assert all('"?' in fault for fault in faults)


@hand(ROUND, 3)
def decide_the_marks(person: Person, step: Step) -> None:
    decide(person.round_folder, person.finished / ROUNDS / person.known["round"])
    assert {"round.yml", "columns.csv", "recodes.csv", "source.yml"} <= set(re.findall("`([^`]+)`", step.text))


@hand(ROUND, 5)
def publish(person: Person, step: Step) -> None:
    assert "Release" in person.run(step)


@hand(FORMAT, 1)
def write_the_reader(person: Person, step: Step) -> None:
    name, words = re.findall("`(ingest/readers/<format>.py|faults/.+csv)`", step.text)
    shutil.copyfile(NEW_FORMAT / "json_lines.py", person.project / person.filled(name))
    with (person.project / words).open("a", encoding="utf-8") as file:
        file.write("not-json-lines,Each line is one.,Fetch the file again.\n")


@hand(FORMAT, 2)
def add_the_line(person: Person, _step: Step) -> None:
    file = person.project / "ingest" / "readers" / "__init__.py"
    line = '"json_lines": Format(JsonLinesLayout, read_json_lines, (".jsonl",)),'
    replace(file, '    "csv": Format(', f'    {line}\n    "csv": Format(')
    replace(file, "from ingest.readers.sav", "from ingest.readers.json_lines import JsonLinesLayout, read_json_lines\n"
            "from ingest.readers.sav")  # fmt: skip


@hand(FORMAT, 3)
def write_the_fixture(person: Person, step: Step) -> None:
    file = person.project / "tests" / "exports" / "make_exports.py"
    _, _, maker = (NEW_FORMAT / "fixture.py").read_text(encoding="utf-8").partition("\n\n\n")
    replace(file, "EXPORTS: Mapping", f"{maker}\n\nEXPORTS: Mapping")
    replace(
        file, '    "spss_sav": make_spss_sav,', '    "json_lines": make_json_lines,\n    "spss_sav": make_spss_sav,'
    )
    person.run(step)
    assert (person.project / "tests" / "exports" / "json_lines" / "responses.jsonl").is_file()


@hand(FORMAT, 4)
def write_a_wrong_file(person: Person, _step: Step) -> None:
    shutil.copytree(NEW_FORMAT / "json_lines_cut", person.project / "tests" / "broken" / "json_lines_cut")


@hand(FORMAT, 5)
def add_the_headers(person: Person, step: Step) -> None:
    (name,) = re.findall("`(.+csv)`", step.text)
    with (person.project / name).open("a", encoding="utf-8") as file:
        file.write("started,_started_at,Made-up tool\nsubmitted,_submitted_at,Made-up tool\n")


@hand(FORMAT, 6)
def try_the_format(person: Person, step: Step) -> None:
    said = person.run(step)
    assert re.search(r"\b[1-9]\d* passed", said), said


@hand(FORMAT, 7)
def add_a_round(person: Person, _step: Step) -> None:
    person.follow(ROUND)


def begin(folder: Path) -> DataPaths:
    """From nothing to a release: a division, a survey, a round."""
    known = {"date": "2024-01-01", "survey": SURVEY, "round": "2024", "file": f"{DATA / ROUNDS / '2024/responses.csv'}"}
    person = Person(DataPaths(folder), DATA, known)
    person.paths.root.mkdir(parents=True)
    for recipe in (DIVISION, SURVEY_RECIPE, ROUND):
        person.follow(recipe)
    return person.paths


def extend(begun: DataPaths, folder: Path) -> DataPaths:
    """A second division with a merger, a copy of the project that has learned a format, and a round of both."""
    finished = with_a_merger(folder / "finished")
    file = shutil.copy(finished / ROUNDS / "2025" / "responses.jsonl", folder)
    project = copy_project(folder / "project")
    shutil.copytree(PROJECT_ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "pyproject.toml", project)
    known = {"date": "2025-01-01", "format": "json_lines", "survey": SURVEY, "round": "2025", "file": str(file)}
    person = Person(copy_data(begun, folder / "data"), finished, known, project)
    for recipe in (DIVISION, FORMAT):
        person.follow(recipe)
    return person.paths
