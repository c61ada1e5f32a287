"""Conditions of a survey beside a round that asks fewer questions, or asks two in one column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.landing.load import examine, faults_of_rounds
from store.paths import DataPaths
from tests.acceptance.project import command, run
from tests.loading import load_all, validate

KEY = "palvelukysely/2024"
COLUMNS = "data/surveys/palvelukysely/rounds/2024/columns.csv"
NOTE = (
    f'Note: {COLUMNS}: the rule "large_staff_not_enough", the rule "enough_without_staff", relevant of "comment" speak '
    'of "satisfied", which this round does not ask. What rests on that is not judged: relevant counts as true, a '
    "constraint as met, a rule as met by nobody. If the files have its answers, map their column."
)
Edit = Callable[[Path, str, str], None]


def constrain_staff(paths: DataPaths, edit: Edit, constraint: str) -> None:
    question = "staff,integer,,persons,0,500,,100,,,"
    edit(paths.surveys / "palvelukysely" / "questions.csv", f"{question},", f"{question}{constraint},")


@pytest.mark.slow
def test_a_condition_on_what_a_round_did_not_ask_is_told_and_stops_nothing(
    paths: DataPaths, round_folder: Path, edit: Edit
) -> None:
    edit(round_folder / "columns.csv", "Palvelut riittävät,satisfied", "Palvelut riittävät,ignored")
    done = run(paths, command("validate"))
    assert (done.returncode, done.stdout) == (0, f"{NOTE}\n\n0 faults found.\n")
    assert faults_of_rounds(paths, [KEY]) == ()
    load_all(paths)


def test_a_constraint_on_what_a_round_did_not_ask_is_told(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    """A select_multiple is asked as long as one of its columns is mapped."""
    constrain_staff(paths, edit, "count-selected(${services}) > 0")
    edit(round_folder / "columns.csv", "Neuvonta,services,advice,x", "Neuvonta,ignored,,")
    assert examine(paths).notes == ()
    edit(round_folder / "columns.csv", "Koulutus,services,training,x", "Koulutus,ignored,,")
    (note,) = examine(paths).notes
    assert validate(paths) == ()
    assert str(note).startswith(f'Note: {COLUMNS}: constraint of "staff" speaks of "services", which')


def test_a_question_that_texts_are_coded_as_is_asked(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    constrain_staff(paths, edit, "\"selected(${services}, 'advice')\"")
    for column in ("Neuvonta,services,advice,x", "Koulutus,services,training,x"):
        edit(round_folder / "columns.csv", column, column.split(",")[0] + ",ignored,,")
    assert len(examine(paths).notes) == 1
    lines = "response_id,question_id,coded_question_id,code,by", "1,comment,services,advice,N. N."
    (round_folder / "codings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert examine(paths).notes == ()


def test_eligible_speaks_of_what_the_round_asks(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    """All responses would be eligible, and nobody would know."""
    edit(round_folder / "columns.csv", "Palvelut riittävät,satisfied", "Palvelut riittävät,ignored")
    edit(round_folder / "round.yml", "timezone:", "eligible: \"${satisfied} != 'no'\"\ntimezone:")
    (fault,) = faults_of_rounds(paths, [KEY])
    assert str(fault).split(": ", 1)[1] == (
        'eligible speaks of "satisfied", which this round does not ask. Expected: it speaks of questions that '
        "columns.csv has, or all responses would be eligible. Map the column that has the answers, or say the "
        "condition by another question."
    )


def test_eligible_and_rules_speak_of_questions_with_a_column_of_their_own(
    paths: DataPaths, round_folder: Path, edit: Edit
) -> None:
    edit(round_folder / "columns.csv", "Kommentti,comment", "Henkilöstö,comment")
    edit(round_folder / "columns.csv", "Huomautus,", "Kommentti,ignored,,,,\nHuomautus,")
    edit(round_folder / "round.yml", "timezone:", 'eligible: "${staff} > 0"\ntimezone:')
    (fault,) = [fault for fault in faults_of_rounds(paths, [KEY]) if fault.code == "ambiguous-condition"]
    assert fault.found == (
        '"Henkilöstö" feeds several questions, and eligible, the rule "large_staff_not_enough", the rule '
        '"enough_without_staff", relevant of "comment" speak of "staff".'
    )
