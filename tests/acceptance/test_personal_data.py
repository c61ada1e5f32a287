"""What people wrote stays in one folder: canaries are planted in the answers and looked for in all that was written.

Printed figures are left out of the survey: they would hold up a release without one of the responses.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from store import audit
from store.paths import DataPaths
from tests.acceptance.project import (
    ROUND,
    copy_data,
    copy_project,
    kuntakysely,
    materialize,
    replace,
    rows,
)
from tests.canaries import (
    CANARIES,
    NEIGHBOUR,
    copy_planted,
    found_in,
    plant_everywhere,
    written_inside,
    written_outside,
)

ROUND_KEY = "koto_kuntakysely/2023-01"
Tried = Callable[[str, object], None]
LOOKS = (
    ("status",), ("status", "--json"), ("watch", ROUND_KEY), ("quality", ROUND_KEY, "--print"), ("diff",), ("audit",),
    ("validate",), ("retention",),
)  # fmt: skip


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, list[str]]:
    """A round with canaries, published, and all that was said of it. Not to be changed."""
    paths = copy_planted(tmp_path_factory.mktemp("planted") / "data")
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 0, done.stdout
    return paths, [done.stdout, *(kuntakysely(paths, *look).stdout for look in LOOKS)]


@pytest.fixture(scope="module")
def refused(planted: tuple[DataPaths, list[str]], tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The same with the canary in every cell: a refresh that was refused, and said nothing of it."""
    paths = copy_data(planted[0], tmp_path_factory.mktemp("refused") / "data")
    plant_everywhere(paths)
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 1, done.stdout
    assert_silent(paths, [done.stdout, kuntakysely(paths, "status").stdout])
    return paths


def assert_silent(paths: DataPaths, said: list[str], tried: Tried | None = None) -> None:
    """No canary in what was written outside the private folder, nor in what was said."""
    planted, files = [*CANARIES.values(), NEIGHBOUR], written_outside(paths)
    found = list(found_in(files, planted))
    if tried is not None:
        tried("tried", ["canaries looked for in written files", "found", len(found)])
        tried("tried", ["canaries looked for in written files", "not found", len(planted) * len(files) - len(found)])
    assert found == []
    assert [canary for canary in planted for text in said if canary in text] == []


def test_a_refresh_writes_canaries_nowhere_else(planted: tuple[DataPaths, list[str]], record_property: Tried) -> None:
    assert_silent(*planted, record_property)


def test_the_search_finds_what_is_there(planted: tuple[DataPaths, list[str]]) -> None:
    """In the private folder all are found, packed as they are, but the id of the person: that is a keyed hash."""
    found = {canary for _, canary in found_in(written_inside(planted[0]))}
    assert found == {*CANARIES.values()} - {CANARIES["email"]}


def test_folders_of_people_are_their_owners_only(planted: tuple[DataPaths, list[str]]) -> None:
    paths, _ = planted
    for folder in (paths.warehouse, paths.private, paths.state, paths.keys):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in (*paths.keys.iterdir(), paths.state_file, paths.audit_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_refused_refresh_writes_canaries_nowhere_else(refused: DataPaths, record_property: Tried) -> None:
    assert "040 7654321" in text_of(refused.findings_file), "it was refused for something else"
    assert_silent(refused, [], record_property)


def test_a_file_that_cannot_be_read_is_told_without_canaries(refused: DataPaths, tmp_path: Path) -> None:
    paths = copy_data(refused, tmp_path / "data")
    replace(paths.root / ROUND / "responses.csv", CANARIES["practice"], f'"{CANARIES["practice"]}" kanaria')
    done = kuntakysely(paths, "validate")
    assert done.returncode == 2, done.stdout
    assert_silent(paths, [done.stdout])


# A model that reads a text as a number: the database quotes the text.
SLIP = (
    "dbt_project/models/staging/stg_surveys__values.sql",
    "coalesce({{ trimmed('cell_text') }}, '')",
    "cast(case when cell_text like '%anaria%' then cast(cell_text as integer) end as varchar) || cell_text",
)


# The model and the first table that reads it.
SLIPPED = "staging/stg_surveys__values,intermediate/int_values_corrected"
# Slips that a developer makes, in models that it does not read; and what is said of each.
MODELS = "dbt_project/models/staging"
OTHERS = [
    (
        f"{MODELS}/stg_codebook__roles.sql",
        "    list_name,",
        "    lits_name,",
        'Binder Error: Referenced column "lits_name"',
    ),
    (
        f"{MODELS}/stg_registry__changes.sql",
        "cast(effective_date as date)",
        "todate(effective_date)",
        "Catalog Error: ",
    ),
    (
        f"{MODELS}/stg_registry__areas.sql",
        "is_counted = '1' as",
        "is_counted = '1' ass as",
        "Parser Error: syntax error",
    ),
]


def with_slip(planted: DataPaths, folder: Path, *redaction: tuple[str, str, str]) -> tuple[DataPaths, Path]:
    paths, project = copy_data(planted, folder / "data"), copy_project(folder / "project")
    for file, old, new in (SLIP, *redaction):
        replace(project / file, old, new)
    return paths, project


def is_quoted(paths: DataPaths) -> bool:
    """Whether the database quoted an answer, on the private side."""
    return CANARIES["text"] in text_of(paths.dbt_target / "run_results.json")


def test_an_error_of_the_database_is_told_without_canaries(
    planted: tuple[DataPaths, list[str]], tmp_path: Path, record_property: Tried
) -> None:
    """Slips that need no row to be found are told whole, in the terminal and in Dagster, with file and line."""
    paths, project = with_slip(planted[0], tmp_path, *((file, old, new) for file, old, new, _ in OTHERS))
    done = kuntakysely(paths, "refresh", project=project)
    assert (done.returncode, is_quoted(paths)) == (1, True), done.stdout
    assert_silent(paths, [done.stdout], record_property)
    in_dagster = b"".join(file.read_bytes() for file in paths.dagster_home.rglob("*.db"))
    for file, _, new, said in OTHERS:
        line = (project / file).read_text(encoding="utf-8").split(new)[0].count("\n") + 1
        place = f"- {file}, line {line}: Runtime Error in model {Path(file).stem} "
        assert re.search(rf"{re.escape(place)}.*\s+{re.escape(said)}", done.stdout), done.stdout
        assert place.encode() in in_dagster
    written = {file.stem for file in (paths.dbt_target / "run").rglob("*.sql")}
    failed = {Path(file).stem for file, *_ in OTHERS}
    assert written >= failed and "stg_registry__municipalities" not in written, "the SQL of models that failed"


def test_a_program_that_keeps_nothing_apart_is_caught(planted: tuple[DataPaths, list[str]], tmp_path: Path) -> None:
    """The step that fails, alone in Dagster: what it lets out lies in its event log."""
    let_out = (
        "orchestration/dagster/building.py", "raise ModelsNotBuilt(said) from None", "raise"
    )  # fmt: skip
    paths, project = with_slip(planted[0], tmp_path, let_out)
    done = materialize(paths, SLIPPED, project)
    assert (done.returncode != 0, is_quoted(paths)) == (True, True), done.stdout
    assert list(found_in(written_outside(paths))) != []


def test_who_is_erased_is_found_in_no_byte(refused: DataPaths, tmp_path: Path, record_property: Tried) -> None:
    """The file, the warehouse and the releases from before: nothing is left of the person but a line of the log."""
    paths = copy_data(refused, tmp_path / "data")
    old_files = {*paths.releases.iterdir()}
    assert kuntakysely(paths, "erase", ROUND_KEY, "KANARIA-9999").returncode == 2
    done = kuntakysely(paths, "erase", "koto_kuntakysely", CANARIES["email"], "--person")
    assert done.returncode == 0, done.stdout
    written = sorted(file for file in paths.root.rglob("*") if file.is_file() and not file.is_symlink())
    found = list(found_in(written))
    record_property("tried", ["canaries looked for after an erasure", "found", len(found)])
    record_property(
        "tried", ["canaries looked for after an erasure", "not found", len(CANARIES) * len(written) - len(found)]
    )
    assert found == []
    assert rows(paths, "select n_responses from marts.dim_round") == [(170,)]  # the neighbour waits for a municipality
    assert not old_files & {*paths.releases.iterdir()}
    last = [entry for entry in audit.read(paths) if entry.action == "erase"][-1]
    assert (last.details["of"], last.details["rows"]) == ("koto_kuntakysely", 1)
    assert audit.faults(paths) == []


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")
