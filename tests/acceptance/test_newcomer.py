"""A newcomer follows CONTRIBUTING.md in a copy of the project: two tables, a check, two keys of round.yml and an export
format are added, and what had to be touched is counted by git."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.country import DATA, ROUNDS
from tests.acceptance.page import PAGE
from tests.acceptance.project import copy_project, kuntakysely, replace, rows, run

PAGES = (
    "orchestration.reference_pages", "expectations.page", "publish.releases.reading_page", "publish.releases.exposures",
)  # fmt: skip
# What `make docs` writes.
GENERATED = ("docs/", "dbt_project/CHECKS.md", "dbt_project/models/exposures.yml")
KEY = "constraints: [{type: not_null}], config: {meta: {kind: key}}"


def yaml_of(name: str, order: int, key: str, columns: Mapping[str, str]) -> str:
    """The YAML file of a mart."""
    listed = "".join(f"      - {{name: {column}, {words}}}\n" for column, words in columns.items())
    return (
        f"models:\n  - name: {name}\n    description: >\n      One row per {key.replace('_', ' ')}.\n    config:\n"
        f"      meta:\n        published: true\n        order: {order}\n        key: [{key}]\n    columns:\n{listed}"
    )


def add_a_table_of_rounds(project: Path) -> None:
    marts = project / "dbt_project" / "models" / "marts"
    (marts / "round_reminders.sql").write_text(
        "select\n    survey_id,\n    round_id,\n    {{ key(['survey_id', 'round_id']) }} as round_key,\n"
        "    is_synthetic,\n    cast(json_array_length(reminded_on) as integer) as n_reminders\n"
        "from {{ ref('stg_codebook__rounds') }}\n",
        encoding="utf-8",
    )
    columns = {
        "survey_id": f"data_type: varchar, {KEY}, description: \"{{{{ doc('survey_id') }}}}\"",
        "round_id": f"data_type: varchar, {KEY}, description: \"{{{{ doc('round_id') }}}}\"",
        "round_key": f"data_type: varchar, {KEY}, description: \"{{{{ doc('round_key') }}}}\"",
        "is_synthetic": "data_type: boolean, constraints: [{type: not_null}], config: {meta: {kind: label}}, "
        "description: \"{{ doc('is_synthetic') }}\"",
        "n_reminders": "data_type: integer, config: {meta: {kind: free}}, description: Days of reminders",
    }
    (marts / "round_reminders.yml").write_text(yaml_of("round_reminders", 70, "round_key", columns), encoding="utf-8")


def add_a_table_of_areas(project: Path) -> None:
    marts = project / "dbt_project" / "models" / "marts"
    (marts / "area_level.sql").write_text(
        "select\n    area_level,\n    cast(count(*) as integer) as n_areas\nfrom {{ ref('stg_registry__areas') }}\n"
        "group by area_level\n",
        encoding="utf-8",
    )
    columns = {
        "area_level": f"data_type: varchar, {KEY}, description: \"{{{{ doc('area_level') }}}}\"",
        "n_areas": "data_type: integer, config: {meta: {kind: free}}, description: Areas of the level",
    }
    (marts / "area_level.yml").write_text(yaml_of("area_level", 71, "area_level", columns), encoding="utf-8")


def add_a_check(project: Path) -> None:
    dbt = project / "dbt_project"
    (dbt / "checks" / "rows" / "nobody_on_paper.sql").write_text(
        "{% macro nobody_on_paper() %}\n    select\n        survey_id, round_id,\n        mode as observed,\n"
        "        'web' as threshold,\n        case when mode <> 'web' then 1 else 0 end as n_failed\n"
        "    from rounds\n{% endmacro %}\n",
        encoding="utf-8",
    )
    family = dbt / "models" / "checks" / "checks_rows"
    last = "corrections_applied as ({{ corrections_applied() }}),\n"
    replace(family.with_suffix(".sql"), last, f"{last}nobody_on_paper as ({{{{ nobody_on_paper() }}}}),\n")
    with family.with_suffix(".yml").open("a", encoding="utf-8") as handle:
        handle.write(
            "          - id: nobody_on_paper\n            asset: int_rows_identified\n            severity: info\n"
            '            definition: "The round was answered in the web."\n            formula: "mode = web"\n'
            '            message_en: "Answers on paper were typed by somebody"\n'
            '            message_fi: "Paperivastaukset on naputeltu"\n'
            '            message_sv: "Svar på papper har skrivits in av någon"\n'
        )


def add_a_key(project: Path) -> None:
    replace(
        project / "ingest" / "codebook" / "round.py",
        "    is_synthetic: Truth\n",
        '    mode: Literal["web", "paper"] = "web"\n    """How it was answered."""\n    is_synthetic: Truth\n',
    )


def add_a_key_within(project: Path) -> None:
    replace(
        project / "ingest" / "codebook" / "round.py",
        '    closes_on: Day\n    """The last day."""\n',
        '    closes_on: Day\n    """The last day."""\n    reminded_on: tuple[Day, ...] = ()\n'
        '    """The days on which those who had not answered were reminded."""\n',
    )


def add_a_format(project: Path) -> None:
    readers = project / "ingest" / "readers"
    shutil.copyfile(PROJECT_ROOT / "tests" / "new_format" / "json_lines.py", readers / "json_lines.py")
    replace(readers / "json_lines.py", "not-json-lines", "not-json")
    replace(
        readers / "__init__.py", "from ingest.readers.sav import",
        "from ingest.readers.json_lines import JsonLinesLayout, read_json_lines\nfrom ingest.readers.sav import",
    )  # fmt: skip
    entry = '    "json_lines": Format(JsonLinesLayout, read_json_lines, (".jsonl",)),\n'
    replace(readers / "__init__.py", '    "sav": Format(', f'{entry}    "sav": Format(')


# The recipe of the page, what is done, and the most files that it may touch besides those that `make docs` writes.
TASKS: tuple[tuple[str, Callable[[Path], None], int], ...] = (
    ("Add a key", add_a_key, 2),
    ("Add a key", add_a_key_within, 2),
    ("Add a published table", add_a_table_of_rounds, 2),
    ("Add a published table", add_a_table_of_areas, 2),
    ("Add a check of a round", add_a_check, 3),
    ("Add an export format", add_a_format, 2),
)


def git(project: Path, *arguments: str) -> str:
    person = ["-c", "user.name=Newcomer", "-c", "user.email=newcomer@example.org"]
    return subprocess.run(["git", *person, *arguments], cwd=project, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """The copy with everything added, and the files that each task touched."""
    project = copy_project(tmp_path_factory.mktemp("newcomer"))
    shutil.copytree(PROJECT_ROOT / "docs", project / "docs")
    (project / ".gitignore").write_text("__pycache__/\ntarget/\n", encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "As it was")
    touched = {}
    for _, do, _ in TASKS:
        do(project)
        touched[do.__name__] = git(project, "ls-files", "--modified", "--others", "--exclude-standard").splitlines()
        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--message", do.__name__)
    return project, touched


@pytest.fixture(scope="module")
def published(done: tuple[Path, dict[str, list[str]]], tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """A release of the other country by the copy; its round says what the new keys are for."""
    project, _ = done
    paths = DataPaths(tmp_path_factory.mktemp("newcomers_data") / "data")
    shutil.copytree(DATA, paths.root)
    replace(paths.root / ROUNDS / "2024" / "round.yml", "is_synthetic", "mode: paper\nis_synthetic")
    replace(
        paths.root / ROUNDS / "2024" / "round.yml", "closes_on:", "reminded_on: [2024-03-11, 2024-03-18], closes_on:"
    )
    refreshed = kuntakysely(paths, "refresh", project=project)
    assert refreshed.returncode == 0, refreshed.stdout
    return paths


@pytest.mark.parametrize(("recipe", "do", "most"), TASKS, ids=[do.__name__ for _, do, _ in TASKS])
def test_few_files_are_touched(
    done: tuple[Path, dict[str, list[str]]], recipe: str, do: Callable[[Path], None], most: int
) -> None:
    assert f"### {recipe}\n" in PAGE
    assert 0 < len(done[1][do.__name__]) <= most, done[1][do.__name__]


def test_what_was_added_is_published(published: DataPaths) -> None:
    assert rows(published, "select round_id, n_reminders from marts.round_reminders") == [("2024", 2)]
    assert rows(published, "select count(*) > 0, min(n_areas) > 0 from marts.area_level") == [(True, True)]
    found = "select status, observed from marts.round_quality where check_id = 'nobody_on_paper'"
    assert rows(published, found) == [("fail", "paper")]


def test_a_wrong_value_of_a_key_is_told(done: tuple[Path, dict[str, list[str]]], tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(DATA, paths.root)
    replace(paths.root / ROUNDS / "2024" / "round.yml", "is_synthetic", "mode: telephone\nis_synthetic")
    told = kuntakysely(paths, "validate", project=done[0])
    assert told.returncode == 2
    assert 'mode: The value is "telephone". Expected: one of web, paper.' in " ".join(told.stdout.split())


def test_the_pages_follow(done: tuple[Path, dict[str, list[str]]], published: DataPaths) -> None:
    project, _ = done
    for module in PAGES:
        made = run(published, [sys.executable, "-m", module], project)
        assert made.returncode == 0, made.stdout
    changed = git(project, "ls-files", "--modified", "--others", "--exclude-standard").splitlines()
    assert changed
    assert [file for file in changed if not file.startswith(GENERATED)] == []
    text = "".join((project / file).read_text(encoding="utf-8") for file in changed)
    for word in ("How it was answered", "reminded_on", "round_reminders", "area_level", "nobody_on_paper"):
        assert word in text
