"""A round with texts that can be coded, and a person who fills in the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl

from store.paths import DataPaths

TEXTS = {"A1": "=1+1 is not enough", "A2": "Time and\u00a0people", "A3": "Aika ei riitä; väki ei riitä"}
CODES = ("time", "people", "nothing")
Marks = Mapping[str, Mapping[str, object]]


def with_texts(paths: DataPaths) -> DataPaths:
    """The valid data root with three texts and a question that they can be coded as; its last code stands alone."""
    survey = paths.surveys / "palvelukysely"
    with (survey / "questions.csv").open("a", encoding="utf-8") as handle:
        handle.write(f"topics,select_multiple,topic{',' * 11}info,opinion,,Aiheet,Ämnen,Topics,\n")
    with (survey / "choices.csv").open("a", encoding="utf-8") as handle:
        for order, code in enumerate(CODES, start=1):
            handle.write(f"topic,{code},,0,{int(code == 'nothing')},{order},{code},{code},{code},,,\n")
    responses = survey / "rounds" / "2024" / "responses.csv"
    text = responses.read_text(encoding="utf-8")
    for before, own in (("x;x;55;", TEXTS["A1"]), ("x;;12;", TEXTS["A2"])):
        assert f"{before};" in text
        text = text.replace(f"{before};", f"{before}{own};")
    responses.write_text(text, encoding="utf-8")
    return paths


def fill(sheet: Path, marks: Marks) -> None:
    """Write into cells, by response and column; a response without any loses its row."""
    book = openpyxl.load_workbook(sheet)
    page = book.active
    assert page is not None
    names = [cell.value for cell in page[1]]
    for row in range(page.max_row, 2, -1):
        own = marks.get(str(page.cell(row, 1).value))
        if own is None:
            page.delete_rows(row)
        for name, mark in (own or {}).items():
            page.cell(row, names.index(name) + 1).value = mark  # type: ignore[assignment]
    book.save(sheet)
