"""Practices as they are read, and lists of choices that surveys borrow of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.landing.inputs import Scope, read_inputs
from ingest.landing.load import load_practices
from ingest.landing.replacements import rounds_to_read
from store.paths import DataPaths
from store.warehouse import opened
from tests.evidence import ROUND, with_evidence
from tests.loading import load_all, validate

KEY = "omavalitsused/2024"
SURVEY = Path("surveys/omavalitsused")
QUESTIONS, CHOICES = SURVEY / "questions.csv", SURVEY / "choices.csv"
LAST = "channel,office"
OTHER = "practice_theme,other,,0,0,99,Muu,Another,,\n"
Edit = Callable[[Path, str, str], None]


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return with_evidence(tmp_path / "data")


def choices(paths: DataPaths) -> list[tuple[str, str, str, str]]:
    """The options of the questions on practices in the warehouse, each with its file and line."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(
            "select code, sort_order, source_file, source_line from raw.codebook__choices "
            "where list_name in ('practice_theme', 'theme_worries') order by all"
        ).fetchall()


def test_there_is_no_fault(paths: DataPaths) -> None:
    assert validate(paths) == ()


def test_a_cut_file_is_one_fault_and_nothing_is_told_of_what_it_lost(paths: DataPaths) -> None:
    file = paths.practices / "practices.csv"
    header, first = file.read_text(encoding="utf-8").splitlines()[:2]
    file.write_text(f"{header}\n{first[: first.rindex(',')]}", encoding="utf-8")
    assert [fault.code for fault in validate(paths)] == ["cut-row"]


def test_of_a_cut_response_file_nobody_is_missed(paths: DataPaths) -> None:
    """Neither codings nor corrections of the responses that are lost."""
    (file,) = (paths.root / ROUND).glob("*responses*.csv")
    kept, last = file.read_bytes().splitlines(keepends=True)[:2]
    file.write_bytes(kept + last[: last.rindex(b";")])
    assert [fault.code for fault in validate(paths)] == ["cut-row"]


def test_a_list_is_borrowed_with_its_places(paths: DataPaths) -> None:
    load_all(paths)
    assert choices(paths) == [
        ("guidance", "2", "practices/themes.csv", "3"),
        ("meetings", "1", "practices/themes.csv", "2"),
        ("staff", "1", "practices/practices.csv", "5"),
    ]


def test_a_survey_has_only_what_its_questions_borrow(paths: DataPaths) -> None:
    questions = (paths.root / QUESTIONS).read_text(encoding="utf-8").splitlines()
    (paths.root / QUESTIONS).write_text("\n".join([*questions[:-3], ""]), encoding="utf-8")
    (survey,) = read_inputs(paths, Scope(), FaultList()).surveys
    assert survey.survey.borrowed == {}


def test_options_of_ones_own_may_stand_beside_them(paths: DataPaths) -> None:
    _append(paths.root / CHOICES, OTHER)
    _append(paths.root / ROUND / "codings.csv", "V05,good_practices,practice_themes,other,The tests\n")
    assert validate(paths) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "code"),
    [
        (CHOICES, LAST, f"practice_theme,guidance,,0,0,9,Muu,Other,,\n{LAST}", "line 12, column code", "borrowed-code"),
        (CHOICES, LAST, f"practice_theme,other,,0,0,9,Nõustamine,Another,,\n{LAST}", "line 12", "ambiguous-label"),
        (QUESTIONS, "theme_worries", "theme_worry", "line 9, column list_name",
         "unknown-list-of-practices"),
        (ROUND / "codings.csv", "V06,good_practices,worries,staff", "V06,good_practices,worries,meetings",
         "line 5, column code", "unknown-coded-option"),
        (ROUND / "interviews.csv", "organisation,", "organisation,name,", "line 1", "unexpected-column"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_where_it_stands(
    paths: DataPaths, edit: Edit, file: Path, old: str, new: str, place: str, code: str
) -> None:
    edit(paths.root / file, old, new)
    found = validate(paths)
    assert (f"data/{file.as_posix()}", place, code) in {(each.file, each.place, each.code) for each in found}, found


def test_a_language_of_the_survey_that_the_themes_lack_is_told_of_each_theme(paths: DataPaths) -> None:
    for file in (paths.practices / "themes.csv", paths.practices / "practices.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("_et,", "_fi,"), encoding="utf-8")
    assert [(each.file, each.place, each.code) for each in validate(paths)] == [
        ("data/practices/practices.csv", "line 5, column label_et", "missing-label"),
        ("data/practices/themes.csv", "line 2, column label_et", "missing-label"),
        ("data/practices/themes.csv", "line 3, column label_et", "missing-label"),
    ]


def test_what_cannot_be_read_is_one_fault_and_not_one_more_in_each_survey(paths: DataPaths) -> None:
    (paths.practices / "practices.csv").unlink()
    assert [(each.file, each.code) for each in validate(paths)] == [("data/practices/practices.csv", "missing-file")]


def test_without_the_folder_there_are_none(paths: DataPaths) -> None:
    shutil.rmtree(paths.practices)
    load_practices(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.practices__practices").fetchone() == (0,)
    told = [each for each in validate(paths) if each.code == "unknown-list-of-practices"]
    assert [each.place for each in told] == ["line 8, column list_name", "line 9, column list_name"]
    assert all("practices/" in each.expected for each in told)


@pytest.mark.slow
@pytest.mark.parametrize("file", ["themes.csv", "practices.csv"])
def test_rounds_are_read_again_when_practices_change(paths: DataPaths, edit: Edit, file: str) -> None:
    load_all(paths)
    assert rounds_to_read(paths, [KEY]) == []
    edit(paths.practices / file, "meetings", "meetings")
    assert rounds_to_read(paths, [KEY]) == []
    edit(paths.practices / file, "Kohtumised" if file == "themes.csv" else "Maakonna", "Muu")
    assert rounds_to_read(paths, [KEY]) == [KEY]


def _append(file: Path, lines: str) -> None:
    with file.open("a", encoding="utf-8") as handle:
        handle.write(lines)
