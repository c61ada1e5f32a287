"""A question from several columns, a question that a later form adds, and forms that number their responses anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.codebook.round import read_round
from ingest.forgetting.erasure import erase
from ingest.landing.privacy import RESPONSE, of_survey
from ingest.landing.responses import read_responses
from store.paths import DataPaths
from tests.loading import load_all, validate

Edit = Callable[[Path, str, str], None]
KEY = "palvelukysely/2024"
HEADER = (
    "Vastausnumero;Lähetetty;Kuntanumero;Tehtävä;Palvelut riittävät;Neuvonta;Koulutus;Henkilöstö;Kommentti;Huomautus"
)
SWEDISH = (
    "Svarsnummer;Inlämnad;Kommunnummer;Uppgift;Servicen räcker;Rådgivning;Utbildning;Personal;Kommentar;Anmärkning"
)
ROW = "A9;08.01.2024 09.15;001;Johtaja;Eri mieltä;;x;4;;keksitty"


def mapped(folder: Path, *lines: str) -> None:
    with (folder / "columns.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"{line},,,,\n" if line.count(",") == 1 else f"{line}\n" for line in lines))


def deliver(folder: Path, header: str, *rows: str, name: str = "later.csv") -> None:
    """Another file of the round, after the one there is."""
    (folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    settings = (folder / "round.yml").read_text(encoding="utf-8")
    (folder / "round.yml").write_text(settings.replace("responses.csv]", f"responses.csv, {name}]"), encoding="utf-8")


def translated(folder: Path) -> None:
    """Columns.csv for a form in Finnish and one in Swedish."""
    first, *lines = (folder / "columns.csv").read_text(encoding="utf-8").splitlines()
    swedish = [f"{name},{line.partition(',')[2]}" for name, line in zip(SWEDISH.split(";"), lines, strict=True)]
    (folder / "columns.csv").write_text("\n".join([first, *lines, *swedish, ""]), encoding="utf-8")


def faults_of(paths: DataPaths) -> list[str]:
    return [str(fault).partition(": ")[2] for fault in validate(paths)]


def test_a_question_may_have_several_columns(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    """A reworded question of the same file, and an option."""
    edit(round_folder / "responses.csv", "Huomautus", "Palvelut riittävät2;Neuvonta2")
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    (round_folder / "responses.csv").write_text(text.replace(";keksitty", ";;x"), encoding="utf-8")
    edit(round_folder / "columns.csv", "Huomautus,ignored", "Palvelut riittävät2,satisfied")
    mapped(round_folder, "Neuvonta2,services,advice,x,,")
    assert faults_of(paths) == []


def test_a_column_feeds_a_question_once(paths: DataPaths, round_folder: Path) -> None:
    mapped(round_folder, "Henkilöstö,staff")
    (fault,) = faults_of(paths)
    assert fault.startswith('"Henkilöstö", "staff" stands on lines 9, 12.')


def test_a_reserved_name_has_one_column_in_a_file(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "columns.csv", "Huomautus,ignored", "Huomautus,_role")
    assert faults_of(paths) == [
        '_role comes from the columns "Tehtävä", "Huomautus" of responses.csv. '
        "Expected: in each file it comes from one column. Write ignored for the others."
    ]


def test_a_later_form_may_ask_more(paths: DataPaths, round_folder: Path) -> None:
    """The rows of the files before it have no cell for the question."""
    deliver(round_folder, f"{HEADER};Alkaen", f"{ROW};1.1.2020")
    mapped(round_folder, "Alkaen,comment")
    assert faults_of(paths) == []
    round_, faults = read_round("palvelukysely", round_folder, FaultList()), FaultList()
    assert round_ is not None
    before, later = read_responses(round_, faults)
    assert (len(before.rows[0].row.cells), len(later.rows[0].row.cells)) == (10, 11)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("Henkilöstö", "later.csv has no column for staff, and responses.csv has one."),
        ("Neuvonta", "later.csv has no column for advice of services, and responses.csv has one."),
        ("Tehtävä", "later.csv has no column for _role, and responses.csv has one."),
    ],
)
def test_a_later_form_never_asks_less(paths: DataPaths, round_folder: Path, left_out: str, said: str) -> None:
    place = HEADER.split(";").index(left_out)
    lines = (";".join(cells[:place] + cells[place + 1 :]) for cells in (HEADER.split(";"), ROW.split(";")))
    deliver(round_folder, *lines)
    (fault,) = faults_of(paths)
    assert fault.startswith(said)
    if left_out == "Henkilöstö":  # the advice is right: the other order is read
        assert "name later.csv before responses.csv in round.yml" in fault
        settings = (round_folder / "round.yml").read_text(encoding="utf-8")
        turned = settings.replace("responses.csv, later.csv", "later.csv, responses.csv")
        (round_folder / "round.yml").write_text(turned, encoding="utf-8")
        assert faults_of(paths) == []


def test_a_row_that_comes_again_with_a_later_question_is_the_same(paths: DataPaths, round_folder: Path) -> None:
    first = (round_folder / "responses.csv").read_text(encoding="utf-8").splitlines()[1]
    deliver(round_folder, f"{HEADER};Alkaen", f"{first};")
    mapped(round_folder, "Alkaen,ignored")
    assert faults_of(paths) == []
    (round_folder / "later.csv").write_text(f"{HEADER};Alkaen\n{first};2020\n", encoding="utf-8")
    (fault,) = faults_of(paths)
    assert "is used again, with other answers" in fault


def test_forms_in_two_languages_number_their_responses_anew(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    translated(round_folder)
    deliver(round_folder, SWEDISH, ROW.replace("A9", "A3"), name="sv.csv")
    (fault,) = faults_of(paths)
    assert fault.endswith("If each file numbers its responses anew, write response_ids: per_file in round.yml.")
    edit(round_folder / "round.yml", "is_synthetic", "response_ids: per_file\nis_synthetic")
    edit(round_folder / "corrections.csv", "A3,", "responses.csv:A3,")
    assert faults_of(paths) == []
    load_all(paths)
    done = erase(paths, [KEY], RESPONSE, "sv.csv:A3", datetime(2026, 5, 1, tzinfo=UTC))
    assert (done.n_rows, done.edited) == (1, ["data/surveys/palvelukysely/rounds/2024/sv.csv"])
    assert "A3" in (round_folder / "responses.csv").read_text(encoding="utf-8")


def test_an_erased_response_stays_away_though_its_row_is_cut(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "is_synthetic", "response_ids: per_file\nis_synthetic")
    edit(round_folder / "corrections.csv", "A3,", "responses.csv:A3,")
    erase(paths, [KEY], RESPONSE, "responses.csv:A2", datetime(2026, 5, 1, tzinfo=UTC))
    with (round_folder / "responses.csv").open("a", encoding="utf-8") as file:
        file.write("A2;09.01.2024\nA6;cut\n")
    round_, faults = read_round("palvelukysely", round_folder, FaultList()), FaultList()
    assert round_ is not None
    (file_,) = read_responses(round_, faults)
    kept = of_survey(paths, "palvelukysely").kept(round_, file_)
    assert [row.status for row in kept.rows[-2:]] == ["erased", "unreadable"]


def test_a_file_that_numbers_its_responses_is_delivered_once(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "is_synthetic", "response_ids: per_file\nis_synthetic")
    edit(round_folder / "corrections.csv", "A3,", "responses.csv:A3,")
    rows = (round_folder / "responses.csv").read_text(encoding="utf-8").splitlines()
    deliver(round_folder, *rows)
    (fault,) = faults_of(paths)
    assert fault.startswith("It is the same as responses.csv, byte for byte, and its ids are of the file")


def test_a_correction_is_of_the_answer_that_counts(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    """Of two columns the filled one: an empty one beside it is no empty answer."""
    edit(round_folder / "columns.csv", "Huomautus,ignored", "Huomautus,staff")
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    (round_folder / "responses.csv").write_text(text.replace(";keksitty", ";"), encoding="utf-8")
    assert faults_of(paths) == []
    edit(round_folder / "corrections.csv", "A3,staff,40", "A3,staff,")
    (fault,) = faults_of(paths)
    assert fault.startswith("The delivered answer is not the old_value of this line.")


def test_a_delimiter_at_the_end_of_lines_is_no_column(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    (round_folder / "responses.csv").write_text(text.replace("\n", ";\n"), encoding="utf-8")
    assert faults_of(paths) == []
    edit(round_folder / "responses.csv", "keksitty;\n", "keksitty;a note\n")
    assert faults_of(paths) == [
        'The column "(column 11)" is not in columns.csv: it has no heading. Expected: every column of the file is '
        "mapped to a question, to a reserved name or to ignored. Add a line for it to columns.csv, ignored if it is a "
        "note."
    ]
    mapped(round_folder, "(column 11),ignored")
    assert faults_of(paths) == []


def test_the_second_column_of_a_name_is_mapped_with_its_number(
    paths: DataPaths, round_folder: Path, edit: Edit
) -> None:
    edit(round_folder / "responses.csv", "Huomautus", "Kommentti")
    edit(round_folder / "columns.csv", "Huomautus,ignored", "Kommentti (2),ignored")
    assert faults_of(paths) == []


@pytest.mark.parametrize("line", [",ignored", ",staff", "Henkilöstö2,"])
def test_no_message_is_of_a_cell_that_is_empty(paths: DataPaths, round_folder: Path, edit: Edit, line: str) -> None:
    """It feeds nothing: no column None feeds _respondent, which has none, and nothing is mapped to None."""
    edit(round_folder / "responses.csv", "Henkilöstö", "Henkilöstö;Henkilöstö2")
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    (round_folder / "responses.csv").write_text(text.replace(";keksitty", ";;keksitty"), encoding="utf-8")
    mapped(round_folder, line)
    faults = faults_of(paths)
    assert faults[0].startswith("The value is empty.")
    assert [fault for fault in faults if "None" in fault or "_respondent" in fault] == []


@pytest.mark.parametrize("row", [1, 3])
def test_options_stand_between_names_and_data(paths: DataPaths, round_folder: Path, edit: Edit, row: int) -> None:
    edit(round_folder / "round.yml", "is_synthetic", f"first_data_row: 3\noption_row: {row}\nis_synthetic")
    assert faults_of(paths)[0].startswith(f"Option_row is {row}") or faults_of(paths)[0].startswith(
        f"option_row is {row}"
    )
