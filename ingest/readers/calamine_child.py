"""The cells of one sheet of a workbook, as children.py asks for them in a process of its own."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import python_calamine

from ingest.readers.children import render_number

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ROW = re.compile(rb"""[^>]*?\br=["']([0-9]+)["']""")
_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]+)[0-9]+["'][^>]*?(?:/>|>(.*?)</c>)""", re.DOTALL)
_ERROR = re.compile(rb"""<c\b[^>]*?\bt=["']e["']""")
_VALUE = re.compile(rb"<v>|<is>|<v\s")


def describe_cell(value: object) -> tuple[str, str]:
    """A cell as exact text and its type: text, number, date or boolean. 5.0 is "5", 5.5 is "5.5", dates are ISO."""
    if isinstance(value, bool):
        return str(value).lower(), "boolean"
    if isinstance(value, float):
        return render_number(value), "number"
    if isinstance(value, int):
        return str(value), "number"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="seconds"), "date"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat(), "date"
    if isinstance(value, datetime.timedelta):
        return str(value), "date"
    return str(value), "text"


def describe(path: str, sheet: str) -> dict[str, object]:
    """{"sheets": names, "shown": names of those with cells that a person sees, "rows": [[texts, types], ...],
    "problems": {row: why}}; rows is None without such a sheet."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    sheets = {
        "sheets": workbook.sheet_names,
        "shown": [each.name for each in workbook.sheets_metadata if _is_shown(each)],
    }
    if sheet not in workbook.sheet_names:
        return sheets | {"rows": None}
    cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    rows = [[describe_cell(value) for value in row] for row in cells]
    return sheets | {
        "rows": [[[text for text, _ in row], [cell_type for _, cell_type in row]] for row in rows],
        "problems": {str(number): problem for number, problem in _problems(path, sheet)},
    }


def _is_shown(sheet: python_calamine.SheetMetadata) -> bool:
    visible, cells = python_calamine.SheetVisibleEnum.Visible, python_calamine.SheetTypeEnum.WorkSheet
    return bool(sheet.visible == visible and sheet.typ == cells)


def _problems(path: str, sheet: str) -> Iterator[tuple[int, str]]:
    """The rows in which a cell would be read as empty, or as another: the parser says nothing of an error, of a formula
    that was never calculated, and of two cells in one place."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(_member(archive, sheet))
    seen: set[int] = set()
    for part in content.split(b"<row")[1:]:
        found = _ROW.match(part)
        if found is None:
            continue
        number, cells = int(found[1]), _CELL.findall(part)
        places = [place for place, _ in cells]
        if number in seen or len(set(places)) < len(places):
            yield number, "two cells in one place"
        elif _ERROR.search(part):
            yield number, "a cell with an error"
        elif b"<f" in part and any(b"<f" in cell and not _VALUE.search(cell) for _, cell in cells):
            yield number, "a formula without its value"
        seen.add(number)


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """The packed file that a sheet is in."""
    book, relations = (ElementTree.fromstring(archive.read(name)) for name in (_BOOK, _RELATIONS))
    (key,) = [
        value
        for element in book.iter()
        if element.tag.endswith("}sheet") and element.get("name") == sheet
        for name, value in element.attrib.items()
        if name.endswith("}id")
    ][:1]
    (target,) = [each.get("Target", "") for each in relations if each.get("Id") == key][:1]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
