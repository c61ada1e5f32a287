"""Rounds as folders, and sources with their cards."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.codebook.rounds import open_rounds, round_keys, round_sha256
from ingest.landing.inputs import drafts
from ingest.landing.load import load_rounds
from store.fingerprint import inputs_sha256
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.loading import load_all, validate

KEY = "palvelukysely/2024"
Edit = Callable[[Path, str, str], None]


MARKS = [
    ("rounds/2024/round.yml", "title: {fi: Palvelukysely 2024", "title: {fi: '?'"),
    ("rounds/2024/round.yml", "opens_on: 2024-01-08", "opens_on: '?'"),
    ("rounds/2024/round.yml", "is_synthetic: true", "is_synthetic: '?true'"),
    ("rounds/2024/columns.csv", "Huomautus,ignored", "Huomautus,?"),
    ("rounds/2024/source.yml", "producer: ", "producer: '?' # "),
    ("survey.yml", "licence: ", "licence: '?' # "),
]


@pytest.mark.parametrize(("file", "decided", "marked"), MARKS)
def test_a_round_that_waits_for_a_person_is_a_draft(
    paths: DataPaths, edit: Edit, file: str, decided: str, marked: str
) -> None:
    """Whatever kind of value is to stand there, and in whichever of the files."""
    assert drafts(paths, [KEY]) == {}
    edit(paths.surveys / "palvelukysely" / file, decided, marked)
    found = drafts(paths, [KEY])
    assert [fault.file for fault in found[KEY]] == [f"data/surveys/palvelukysely/{file}"]
    assert set(found[KEY]) <= set(validate(paths)), "validate names them"


def test_a_wrong_value_makes_no_draft(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "opens_on: 2024-01-08", "opens_on: when?")
    assert validate(paths)
    assert drafts(paths, [KEY]) == {}


def test_a_survey_that_waits_for_a_person_does_not_stop_the_others(paths: DataPaths, edit: Edit) -> None:
    draft = paths.surveys / "luonnos"
    shutil.copytree(paths.surveys / "palvelukysely", draft, ignore=shutil.ignore_patterns("rounds"))
    edit(draft / "survey.yml", "survey_id: palvelukysely", "survey_id: luonnos")
    edit(draft / "survey.yml", "licence: ", "licence: '?' # ")
    assert [each.key for each in load_rounds(paths, [KEY]).rounds] == [KEY]
    assert {fault.code for fault in validate(paths)} >= {"undecided"}


def test_rounds_are_folders(paths: DataPaths, round_folder: Path) -> None:
    (round_folder.with_name(".hidden")).mkdir()
    assert round_keys(paths) == [KEY]


@pytest.mark.parametrize(
    ("file", "is_part"),
    [
        ("rounds/2024/responses.csv", True),
        ("rounds/2024/round.yml", True),
        ("rounds/2024/source.yml", True),
        ("questions.csv", True),
        ("survey.yml", True),
        ("notes.txt", False),
        ("rounds/2024/.hidden", False),
    ],
)
def test_hash_of_a_round_follows_its_files(paths: DataPaths, file: str, is_part: bool) -> None:
    before = round_sha256(paths, KEY)
    with (paths.surveys / "palvelukysely" / file).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert (round_sha256(paths, KEY) != before) is is_part


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2024, 1, 7, 21, 59, tzinfo=UTC), False),
        (datetime(2024, 1, 7, 22, 0, tzinfo=UTC), True),
        (datetime(2024, 1, 31, 21, 59, tzinfo=UTC), True),
        (datetime(2024, 1, 31, 22, 0, tzinfo=UTC), False),
    ],
)
def test_field_window_is_whole_local_days(paths: DataPaths, moment: datetime, is_open: bool) -> None:
    assert open_rounds(paths, moment) == ([KEY] if is_open else [])


def test_round_that_cannot_be_read_is_not_open(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "opens_on", "opens")
    assert open_rounds(paths, datetime(2024, 1, 15, tzinfo=UTC)) == []


def test_rounds_are_found_without_heavy_imports() -> None:
    code = (
        "import ingest.codebook.rounds, sys; "
        "print([m for m in ('duckdb', 'pyarrow', 'pydantic', 'ruamel') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.slow
def test_file_that_differs_from_its_card_is_loaded_and_told_apart(
    paths: DataPaths, round_folder: Path, edit: Edit
) -> None:
    edit(round_folder / "responses.csv", "keksitty", "keksittyä")
    load_all(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        found = connection.execute(
            "select sha256 <> card_sha256, producer, licence, received_on from raw.ingest__sources "
            "where kind = 'responses'"
        ).fetchall()
    assert found == [(True, "The tests", "CC BY 4.0", "2024-02-01")]


@pytest.mark.parametrize(
    ("is_synthetic", "is_tracked", "n_faults"), [("false", True, 1), ("false", False, 0), ("true", True, 0)]
)
def test_real_responses_are_not_tracked(
    paths: DataPaths, round_folder: Path, edit: Edit, is_synthetic: str, is_tracked: bool, n_faults: int
) -> None:
    edit(round_folder / "round.yml", "is_synthetic: true", f"is_synthetic: {is_synthetic}")
    subprocess.run(["git", "init", "-q", str(paths.root)], check=True)
    if is_tracked:
        subprocess.run(["git", "-C", str(round_folder), "add", "responses.csv"], check=True)
    assert [fault.code for fault in validate(paths)] == ["tracked-responses"] * n_faults


def test_a_folder_that_is_a_link_is_read_like_any_other(paths: DataPaths, round_folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    round_folder.rename(elsewhere)
    round_folder.symlink_to(elsewhere)
    before = inputs_sha256(paths)
    with (elsewhere / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert inputs_sha256(paths) != before


@pytest.mark.slow
def test_without_a_folder_of_systems_the_inventory_is_empty(paths: DataPaths) -> None:
    shutil.rmtree(paths.inventory.parent)
    assert validate(paths) == ()
    load_all(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.systems__systems").fetchone() == (0,)


def test_a_question_for_a_system_needs_the_inventory(paths: DataPaths, edit: Edit) -> None:
    shutil.rmtree(paths.inventory.parent)
    edit(paths.surveys / "palvelukysely" / "questions.csv", "comment,text", "comment,system")
    assert list(map(str, validate(paths))) == [
        'data/surveys/palvelukysely/questions.csv, line 5, column type: "comment" asks for a system, and the inventory '
        "has none. Expected: systems/inventory.xlsx, beside surveys/, lists the systems and their other names. "
        "Add it with its source.yml, or make the question a text."
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "agreement,fully,partly\nagreement,partly,no\nagreement,no,fully\n",
        "_role,director,other\n_role,other,director\n",
        "_role,director,other\nrole,other,director\n",
    ],
)
def test_a_round_that_recodes_every_code_of_a_list_has_its_own(
    paths: DataPaths, round_folder: Path, lines: str
) -> None:
    """All or nothing: without the first line the rest contradict the codebook. The list of the roles has two names."""
    recodes = round_folder / "recodes.csv"
    recodes.write_text(f"list_name,source_value,code\n{lines}", encoding="utf-8")
    assert validate(paths) == ()
    some = "".join(lines.splitlines(keepends=True)[1:])
    recodes.write_text(f"list_name,source_value,code\n{some}", encoding="utf-8")
    assert {fault.code for fault in validate(paths)} == {"recoded-code"}
