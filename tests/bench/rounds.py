"""The second part of make bench: what one more round costs beside few and many, on rounds of 100,000 made-up answers.

A refresh that adds a round to MANY rounds is held against one that adds it to FEW, and against building all of them:
compare the ratios, not the seconds. Everything is made in a temporary folder and from fixed words.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from store.paths import PROJECT_ROOT, DataPaths

FEW, MANY = 10, 100
N_RESPONSES, N_QUESTIONS = 4_000, 25
OPTIONS = ("yes", "rather_yes", "rather_no", "no", "dont_know")
LANGUAGES = ("fi", "sv", "en")
SURVEY = """survey_id: bench
title: {fi: Mittaus, sv: Mätning, en: Bench}
publisher: {fi: Keksitty, sv: Påhittad, en: Made up}
population: {fi: Kunnat, sv: Kommuner, en: Municipalities}
languages: [fi, sv, en]
licence: CC BY 4.0
size_classes:
  - {id: small, min: 0, max: 9999, label: {fi: Pieni, sv: Liten, en: Small}}
  - {id: large, min: 10000, label: {fi: Suuri, sv: Stor, en: Large}}
municipality_rule: latest
disclosure: {min_municipalities: 3, min_responses: 5}
limits: {quarantined_share: 0.05, small_base: 20}
"""
ROUND = """round_id: "{round_id}"
title: {{fi: Mittaus, sv: Mätning, en: Bench}}
field_window: {{opens_on: 2023-01-01, closes_on: 2023-01-31}}
frame: {{division_date: 2023-01-01, population_date: 2022-12-31, scope: mainland}}
files: [responses.csv]
format: csv
timestamp_format: "%Y-%m-%d %H:%M:%S"
is_synthetic: true
"""
CARD = """producer: The kuntakysely project
licence: CC BY 4.0
received_from: Made by the bench
received_on: 2023-02-01
"""


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds of one command with its children, and the most memory that any one of them held, in GB."""

    wall: float
    cpu: float
    peak: float


def question_ids() -> list[str]:
    return [f"q{number:02}" for number in range(1, N_QUESTIONS + 1)]


def write_survey(paths: DataPaths) -> None:
    """The codebook: closed questions of one list of five options."""
    folder = paths.surveys / "bench"
    folder.mkdir(parents=True)
    (folder / "survey.yml").write_text(SURVEY, encoding="utf-8")
    columns = (
        "question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint,other_of,"
        "group_id,severity,disclosure,municipality_rule,label_fi,label_sv,label_en,note"
    )
    rows = [f"{name},select_one,scale,,,,,,,,,,,warn,public_fact,,{name},{name},{name}," for name in question_ids()]
    (folder / "questions.csv").write_text("\n".join([columns, *rows, ""]), encoding="utf-8")
    labels = [f"{name}_{language}" for name in ("label", "group_label") for language in LANGUAGES]
    header = ",".join(["list_name,code,group_code,is_missing,is_exclusive,sort_order", *labels])
    choices = [f"scale,{code},,0,0,{order},{code},{code},{code},,," for order, code in enumerate(OPTIONS, start=1)]
    (folder / "choices.csv").write_text("\n".join([header, *choices, ""]), encoding="utf-8")


def prepare(folder: Path) -> tuple[DataPaths, list[str]]:
    """A data folder with the registry, the inventory and the codebook; the municipalities that can answer."""
    paths = DataPaths(folder)
    for name in ("registry", "systems"):
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)
    write_survey(paths)
    with (paths.registry / "2023-01-01" / "municipalities.csv").open(encoding="utf-8", newline="") as handle:
        return paths, [row["municipality_code"] for row in csv.DictReader(handle) if row["is_mainland"] == "1"]


def write_round(paths: DataPaths, number: int, codes: list[str], n_responses: int = N_RESPONSES) -> None:
    """One round: its answers follow from its number."""
    round_id = f"{number:03}"
    folder = paths.surveys / "bench" / "rounds" / round_id
    folder.mkdir(parents=True)
    (folder / "round.yml").write_text(ROUND.format(round_id=round_id), encoding="utf-8")
    (folder / "source.yml").write_text(CARD, encoding="utf-8")
    mapped = [("id", "_response_id", ""), ("at", "_submitted_at", ""), ("code", "_municipality", "code")]
    mapped += [(name, name, "") for name in question_ids()]
    uses = [f"{column},{question},{part},,," for column, question, part in mapped]
    header = "source_column,question_id,part,ticked,not_ticked,list_separator"
    (folder / "columns.csv").write_text("\n".join([header, *uses, ""]), encoding="utf-8")
    with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([column for column, *_ in mapped])
        writer.writerows(response_rows(number, codes, n_responses))


def response_rows(number: int, codes: list[str], n_responses: int) -> Iterator[list[str]]:
    for row in range(n_responses):
        answers = [OPTIONS[(row * 7 + question * 3 + number + row // 11) % 5] for question in range(N_QUESTIONS)]
        yield [f"r{row}", f"2023-01-{row % 28 + 1:02} 10:00:00", codes[(row * 13 + number) % len(codes)], *answers]


def refresh(paths: DataPaths) -> Cost:
    """The main job from the command line. Raises CalledProcessError when it does not publish."""
    command = [sys.executable, "-m", "orchestration.commands.cli", "refresh", "--data", str(paths.root)]
    begun = time.monotonic()
    child = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise subprocess.CalledProcessError(status, command)
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2)


def measure(folder: Path, n_rounds: int) -> tuple[Cost, Cost]:
    """Building n rounds at once, and adding one more."""
    paths, codes = prepare(folder / str(n_rounds))
    for number in range(1, n_rounds + 1):
        write_round(paths, number, codes)
    built = refresh(paths)
    write_round(paths, n_rounds + 1, codes)
    return built, refresh(paths)


def main() -> None:
    """Print what was measured, and the two ratios. Ends with 1 when one is over its limit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--few", type=int, default=FEW)
    arguments.add_argument("--many", type=int, default=MANY)
    given = arguments.parse_args()
    print(f"{'':<44}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}")
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        for n_rounds in (given.few, given.many):
            built, added = measure(Path(folder), n_rounds)
            for name, cost in ((f"{n_rounds} rounds at once", built), (f"one more beside {n_rounds}", added)):
                print(f"{name:<44}{cost.wall:>9.1f}{cost.cpu:>9.1f}{cost.peak:>9.2f}", flush=True)
            costs |= {f"built {n_rounds}": built, f"added {n_rounds}": added}
    added = costs[f"added {given.many}"].wall
    ratios = {
        f"one more beside {given.many} / beside {given.few}": (added / costs[f"added {given.few}"].wall, 1.3),
        f"one more beside {given.many} / all at once": (added / costs[f"built {given.many}"].wall, 0.25),
    }
    for name, (ratio, limit) in ratios.items():
        print(f"{name}: {ratio:.2f} (at most {limit})")
    sys.exit(any(ratio > limit for ratio, limit in ratios.values()))


if __name__ == "__main__":
    main()
