"""Workbooks: cells as exact text with their type, and files that must never reach the parser."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.errors import FaultList
from ingest.readers import SheetLayout, TextTable, read_table, workbook_safety
from ingest.readers.children import render_number
from ingest.readers.tables import cell_name
from ingest.readers.workbook_safety import column_number
from store.paths import PROJECT_ROOT

INVENTORY = PROJECT_ROOT / "tests" / "broken" / "_base" / "systems" / "inventory.xlsx"


def read(
    path: Path, rows: list[list[object]], faults: FaultList, layout: SheetLayout | None = None
) -> TextTable | None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Answers"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return read_table(path, layout or SheetLayout("Answers"), faults)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "text", "cell_type"),
    [
        ("020", "020", "text"),
        (20, "20", "number"),
        (5.0, "5", "number"),
        (5.5, "5.5", "number"),
        (True, "true", "boolean"),
        (date(2024, 1, 31), "2024-01-31", "date"),
        (datetime(2024, 1, 31, 9, 15), "2024-01-31 09:15:00", "date"),
        (None, "", "text"),
    ],
)
def test_cell_becomes_text_with_its_type(
    tmp_path: Path, faults: FaultList, value: object, text: str, cell_type: str
) -> None:
    table = read(tmp_path / "a.xlsx", [["code", "other"], [value, "x"]], faults)
    assert table is not None
    assert table.rows[0].cells == (text, "x")
    assert table.rows[0].types == (cell_type, "text")


@pytest.mark.parametrize(
    ("number", "text"), [(0.1, "0.1"), (1e-7, "0.0000001"), (1e21, "1000000000000000000000"), (-2.5, "-2.5")]
)
def test_numbers_have_no_exponent(number: float, text: str) -> None:
    assert render_number(number) == text


def test_rows_are_numbered_as_the_sheet_does(tmp_path: Path, faults: FaultList) -> None:
    rows: list[list[object]] = [["Title"], ["a", "b"], ["", ""], ["1", "2"]]
    table = read(tmp_path / "a.xlsx", rows, faults, SheetLayout("Answers", 2, 3))
    assert table is not None
    assert table.header == ("a", "b")
    assert [(row.line, row.cells) for row in table.rows] == [(3, ("", "")), (4, ("1", "2"))]
    assert table.place(4, "b") == "cell B4, column b"


def test_a_value_beside_the_names_is_of_a_column_without_one(tmp_path: Path, faults: FaultList) -> None:
    table = read(tmp_path / "a.xlsx", [["a", None, "b", None], ["1", "x", "2", "3"], ["1", None, "2", " "]], faults)
    assert table is not None
    assert [row.problem for row in table.rows] == [None, None]
    named = table.named_apart()
    assert (named.header, named.spare) == (("a", "(column 2)", "b", "(column 4)"), frozenset())
    assert named.rows[0].cells == ("1", "x", "2", "3")


def test_options_stand_under_merged_names(tmp_path: Path, faults: FaultList) -> None:
    rows: list[list[object]] = [
        ["Report"], ["Id", "Services", None, None, "Staff"], [None, "Advice", "Training", "Response", "Response"],
        [1, "x", None, "x", 5],
    ]  # fmt: skip
    table = read(tmp_path / "a.xlsx", rows, faults, SheetLayout("Answers", 2, 4, option_row=3))
    assert table is not None
    assert table.header == ("Id", "Services [Advice]", "Services [Training]", "Services", "Staff")
    assert [row.cells for row in table.rows] == [("1", "x", "", "x", "5")]


@pytest.mark.parametrize(
    ("limit", "value", "code", "found"),
    [
        ("MOST_MEMBERS", 1, "workbook-of-many-files", "The workbook packs"),
        ("LARGEST_INFLATED_BYTES", 10, "workbook-too-large", "The workbook unpacks to 0 MB."),
        ("MOST_CELLS", 3, "sheet-too-large", "The sheet reaches as far as the cell B2."),
    ],
)
def test_limits_are_kept(
    tmp_path: Path, faults: FaultList, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str, found: str
) -> None:
    monkeypatch.setattr(workbook_safety, limit, value)
    assert read(tmp_path / "a.xlsx", [["a", "b"], ["1", "2"]], faults) is None
    (fault,) = faults
    assert fault.code == code
    assert fault.found.startswith(found)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_workbook_is_never_a_stack_trace(damage: list[tuple[int, int]]) -> None:
    content = bytearray(INVENTORY.read_bytes())
    for place, byte in damage:
        content[place % len(content)] = byte
    with TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.xlsx"
        path.write_bytes(content)
        faults = FaultList()
        assert workbook_safety.is_workbook_safe(path, faults) is (len(faults) == 0)


def test_reference_on_a_border_of_two_pieces_is_seen(
    tmp_path: Path, faults: FaultList, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in range(40, 60):
        monkeypatch.setattr(workbook_safety, "CHUNK_BYTES", size)
        monkeypatch.setattr(workbook_safety, "MOST_CELLS", 3)
        assert read(tmp_path / "a.xlsx", [["a", "b"], ["1", "2"]], faults) is None


@pytest.mark.parametrize(("name", "row", "column"), [("A1", 1, 1), ("C7", 7, 3), ("Z1", 1, 26), ("AB10", 10, 28)])
def test_cells_are_named_as_excel_does(name: str, row: int, column: int) -> None:
    assert cell_name(row, column) == name
    assert column_number(name.rstrip("0123456789").encode()) == column
