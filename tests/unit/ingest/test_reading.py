"""How an export is written, as new-round finds it: the row of names, what stands above and under it, the encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from faults.errors import FaultList
from ingest.proposals import reading
from ingest.proposals.reading import Export, read_export

KNOWN = frozenset({"municipality", "staff", "budget", "since when?", "remarks", "id", "startdate"})
NAMES = ["Id", "Time", "Municipality", "Staff", "Budget", "Remarks"]
DATA = [
    ["1", "01.03.2023 09:00", "Espoo", "40", "12,5", ""],
    ["2", "02.03.2023 09:00", "Vantaa", "2", "", "none; of it"],
]
TITLES = [["Survey 2023"], ["Printed", "1.4.2023"], []]
Rows = list[list[str]]


def as_csv(folder: Path, rows: Rows, delimiter: str = ";", encoding: str = "utf-8", first: str = "") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    file = folder / "export.csv"
    file.write_bytes((first + text.getvalue()).encode(encoding))
    return file


def as_workbook(folder: Path, rows: Rows, hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Answers"
    for row in rows:
        sheet.append([cell or None for cell in row])
    if hidden:
        book.create_sheet(hidden, 0).sheet_state = "hidden"
        book[hidden].append(["Staff", "Budget", "Municipality", "Remarks", "Id", "StartDate", "Other"])
    book.save(folder / "export.xlsx")
    return folder / "export.xlsx"


def read(file: Path, known: frozenset[str] = KNOWN) -> Export:
    faults = FaultList()
    export = read_export(file, faults, known)
    assert export is not None and list(faults) == []
    return export


def rows_of(export: Export) -> tuple[object, object, object]:
    found = export.settings()
    return found["name_row"], found.get("option_row"), found["first_data_row"]


@pytest.mark.parametrize(
    "rows",
    [[["Id", "Weight"], ["1", "2"], ["2", "3,5"], ["3", "4,5"]], [["Id", "Age"], ["1", "20"], ["2", "30", "5"]]],
    ids=["decimal commas, tried as delimiters", "a field too many"],
)
def test_rows_may_be_wider_than_the_one_under_the_names(tmp_path: Path, rows: Rows) -> None:
    export = read(as_csv(tmp_path, rows), frozenset())
    assert export.table.header == tuple(rows[0])
    assert rows_of(export) == (1, None, 2)


@pytest.mark.slow
@pytest.mark.parametrize("known", [KNOWN, frozenset[str]()])
@pytest.mark.parametrize("write", [as_csv, as_workbook])
@pytest.mark.parametrize("titles", [TITLES, TITLES[:2], TITLES[:1]])
def test_names_stand_under_titles(tmp_path: Path, titles: Rows, write: object, known: frozenset[str]) -> None:
    """Where no name is known the row is a guess, and says so."""
    assert callable(write)
    export = read(write(tmp_path, [*titles, NAMES, *DATA]), known)
    row = len(titles) + 1
    assert rows_of(export) == ((row, None, row + 1) if known else (f"?{row}", None, row + 1))
    assert (export.table.header, len(export.table.rows)) == (tuple(NAMES), 2)


@pytest.mark.slow
@pytest.mark.parametrize("write", [as_csv, as_workbook])
@pytest.mark.parametrize("known", [KNOWN, frozenset[str]()])
def test_wordings_stand_under_names(tmp_path: Path, write: object, known: frozenset[str]) -> None:
    """By the codebook's words, or since they stand where every answer is a number or a time."""
    assert callable(write)
    wordings = ["Id", "Start Date", "Municipality", "Staff", "Budget", "Remarks"]
    export = read(write(tmp_path, [["V1", "StartDate", "V3", "V4", "V5", "V6"], wordings, *DATA]), known)
    assert rows_of(export) == (1, None, 3)
    assert export.wording("V4") == "Staff"


def test_wordings_stand_beside_a_column_that_is_none(tmp_path: Path) -> None:
    rows = [["V1", "", *NAMES[2:]], ["Id of it", "", "Where", *NAMES[3:]], *([row[0], "", *row[2:]] for row in DATA)]
    export = read(as_csv(tmp_path, rows))
    assert (export.table.header[:2], export.wording("Municipality")) == (("V1", "Municipality"), "Where")


@pytest.mark.slow
def test_names_with_import_ids_and_wordings(tmp_path: Path) -> None:
    ids = ['{"ImportId": "a", "timeZone": "Europe/Stockholm"}', *["{}"] * 5]
    export = read(as_workbook(tmp_path, [["V1", "V2", "V3", "V4", "V5", "V6"], ["x", *NAMES[1:]], ids, *DATA]))
    assert (rows_of(export), export.timezone) == ((1, None, 4), "Europe/Stockholm")


@pytest.mark.parametrize("first", [["", "Response", "Response"], ["", "", ""]])
def test_options_stand_under_the_names_of_questions(tmp_path: Path, first: list[str]) -> None:
    names = ["Id", "Municipality", "Staff", "Services", "", ""]
    under = [*first, "Advice, help", "Training", "Other"]
    data = [["1", "Espoo", "5", "Advice, help", "", ""], ["2", "Vantaa", "7", "", "Training", "x"]]
    export = read(as_csv(tmp_path, [names, under, *data], ","))
    assert rows_of(export) == (1, 2, 3)
    options = ("Services [Advice, help]", "Services [Training]", "Services [Other]")
    assert export.table.header == ("Id", "Municipality", "Staff", *options)


@pytest.mark.parametrize(
    "first_row",
    [
        ["A", "", "Espoo", "", "", "text"],  # no number in the first answer
        ["1", "01.03.2023 09:00", "Municipality", "1", "1", "Remarks"],  # answers that are names of questions
    ],
)
def test_an_answer_is_no_row_of_names(tmp_path: Path, first_row: list[str]) -> None:
    export = read(as_csv(tmp_path, [NAMES, first_row, *DATA]))
    assert rows_of(export) == (1, None, 2)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "said"),
    [
        ("utf-16", "\t", "utf-16"), ("utf-16-le", ";", "?utf-16-le"), ("utf-32", ",", "utf-32"),
        ("utf-8-sig", ";", "utf-8-sig"), ("cp1252", ";", "?cp1252"), ("utf-8", "|", "utf-8"),
    ],
)  # fmt: skip
def test_encodings_are_told_by_their_marks(tmp_path: Path, encoding: str, delimiter: str, said: str) -> None:
    export = read(as_csv(tmp_path, [NAMES, *DATA, ["3", "", "Hyvinkää", "", "", ""]], delimiter, encoding))
    found = export.settings()
    assert (found["encoding"], found["delimiter"]) == (said, delimiter)
    assert export.column("Municipality")[-1] == "Hyvinkää"


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")])
def test_excels_line_of_the_separator_is_no_row_of_names(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [NAMES, *DATA]
    export = read(as_csv(tmp_path, rows, delimiter, encoding, f"sep={delimiter}\r\n"), frozenset())
    assert rows_of(export) == (2, None, 3)
    assert export.settings()["delimiter"] == delimiter


@pytest.mark.slow
def test_a_hidden_sheet_is_left_out(tmp_path: Path) -> None:
    export = read(as_workbook(tmp_path, [*TITLES, NAMES, *DATA], "Lists"))
    assert export.settings()["sheet"] == "Answers"


def test_columns_that_are_none_are_not_drafted(tmp_path: Path) -> None:
    export = read(as_csv(tmp_path, [[*row, ""] for row in (["Id", "Remarks", "Remarks"], ["1", "a", "b"])]))
    assert export.table.header == ("Id", "Remarks", "Remarks (2)")


@pytest.mark.slow
def test_a_workbook_of_hundreds_of_columns(tmp_path: Path) -> None:
    """As Kobo writes them: groups in the names, most of them empty."""
    names = ["start", "Municipality", "Staff", *(f"group_{each % 9}/question_{each}" for each in range(350))]
    rows = [["2023-03-01", "Espoo", "4", *[""] * 349, "x"], ["2023-03-02", "Vantaa", "5", "y", *[""] * 349]]
    export = read(as_workbook(tmp_path, [names, *rows]))
    assert (rows_of(export), len(export.table.header)) == ((1, None, 2), 353)


@pytest.mark.parametrize(
    ("name", "wrong", "test"),
    [
        ("find_names", lambda *_: (0, True), "titles"),
        ("are_wordings", lambda *_: False, "wordings"),
        ("are_wordings", lambda *_: True, "plain"),
        ("are_options", lambda *_: False, "options"),
    ],
)
def test_a_slip_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, wrong: object, test: str) -> None:
    monkeypatch.setattr(reading, name, wrong)
    with pytest.raises(AssertionError):
        {
            "titles": lambda: test_names_stand_under_titles(tmp_path, TITLES, as_csv, KNOWN),
            "wordings": lambda: test_wordings_stand_under_names(tmp_path, as_csv, KNOWN),
            "plain": lambda: test_an_answer_is_no_row_of_names(tmp_path, ["A", "", "Espoo", "", "", "text"]),
            "options": lambda: test_options_stand_under_the_names_of_questions(tmp_path, ["", "", ""]),
        }[test]()
