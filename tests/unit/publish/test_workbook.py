"""Workbooks: what somebody wrote is a text there, whatever it looks like, and a number is a number."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from publish.results import workbook
from publish.results.sheets import Column, Sheet
from publish.results.workbook import HEADER, LONGEST, plain, sheet_name, written
from publish.writing.words import Words
from tests.canaries import found_in

MADE = datetime(2026, 11, 29, 12, 30)
HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "{=1+1}", "＝1+1", "http://example.org", "internal:Sheet!A1",
    "mailto:a@example.org", "005", "1e5", "TRUE", "2026-11-29", "<b>&\"'", "]]>", "_x0041_", "a\nb", " ",
)  # fmt: skip


def made(texts: tuple[str, ...], title: str = "Answers") -> bytes:
    columns = [Column("text", "text", "", dict.get), Column("number", "share", "", dict.get)]
    table = Sheet(title, columns, [(text, 0.41) for text in texts])
    return written([table, Sheet("Notes", [], [(text, text) for text in texts])], texts[:2], Words("fi"), MADE)


def opened(content: bytes) -> list[Worksheet]:
    return load_workbook(BytesIO(content)).worksheets


def run(content: bytes) -> list[str]:
    """What a spreadsheet program would work out, and whatever leads somewhere."""
    parts = zipfile.ZipFile(BytesIO(content))
    found = []
    for name in parts.namelist():
        names = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(parts.read(name)).iter()}
        found += sorted(names & {"f", "hyperlink", "externalReference", "ddeLink", "oleLink"})
    return found


def test_hostile_texts_are_texts() -> None:
    content = made(HOSTILE)
    table, notes = opened(content)
    assert run(content) == []
    assert [cell.value for cell in table["A"][HEADER + 1 :]] == list(HOSTILE)
    assert [cell.value for cell in notes["B"][HEADER:]] == list(HOSTILE)
    assert {cell.data_type for column in (table["A"], notes["A"], notes["B"]) for cell in column} - {"n"} == {"s"}
    assert [cell.value for cell in table["B"][HEADER + 1 :]] == [0.41] * len(HOSTILE)
    assert (table["A2"].value, table["A3"].value) == HOSTILE[:2]


def test_a_text_that_is_run_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """XlsxWriter's own guess of what a text is makes formulas and links of them."""
    monkeypatch.setattr(
        workbook, "_put", lambda page, row, place, value, *_: page.write(row, place, value) if value else None
    )
    assert {"f", "hyperlink"} <= {*run(made(HOSTILE))}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * LONGEST, "a" * LONGEST),
        ("a" * (LONGEST + 1), "a" * (LONGEST - 1) + "…"),
        ("a\x00b\x0bc\x1fd", "a b c d"),
        ("a\ud800b\uffffc", "a b c"),
        ("tab\tand line\n", "tab\tand line\n"),
        ("", ""),
    ],
    ids=["as long as may be", "longer", "control characters", "no characters", "white space", "nothing"],
)
def test_a_text_is_one_that_a_cell_can_hold(text: str, shown: str) -> None:
    assert plain(text) == shown
    (table, _) = opened(made((text, "")))
    assert (table.cell(HEADER + 2, 1).value or "") == shown


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Results", (), "Results"),
        ("[a]:b*c?d/e\\f", (), "a  b c d e f"),
        ("'quoted'", (), "quoted"),
        ("a" * 40, (), "a" * 31),
        ("A" * 40, ("a" * 31,), "A" * 28 + " 2"),
        ("Results", ("results", "Results 2"), "Results 3"),
        ("?", (), "-"),
    ],
)
def test_a_sheet_has_a_name_that_it_may_have(title: str, taken: tuple[str, ...], name: str) -> None:
    assert sheet_name(title, taken) == name
    assert [sheet.title for sheet in opened(made(("x", ""), title=title))] == [sheet_name(title, ()), "Notes"]


@pytest.mark.parametrize(
    ("language", "form"), [("fi", "#,##0 %"), ("sv", "#,##0 %"), ("en", "#,##0%"), ("xx", "#,##0%")]
)
def test_a_share_is_a_number_that_reads_as_its_language_has_it(language: str, form: str) -> None:
    columns = [Column("text", "text", "", dict.get), Column("share", "share", "", dict.get)]
    (sheet,) = opened(written([Sheet("t", columns, [("a", 0.41)])], ("", ""), Words(language), MADE))
    cell: Any = sheet.cell(HEADER + 2, 2)
    assert (cell.value, cell.number_format) == (0.41, form)


def test_what_looks_for_personal_data_looks_into_workbooks(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(made(("Meier & Söhne", "x")))
    assert list(found_in([tmp_path / "a.xlsx"], ["Meier & Söhne", "Kanaria"])) == [
        ((tmp_path / "a.xlsx").as_posix(), "Meier & Söhne")
    ]


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert made(HOSTILE) == made(HOSTILE)
    assert load_workbook(BytesIO(made(HOSTILE))).properties.created == MADE
