"""The cells of one sheet of a workbook, as children.py asks for them in a process of its own."""

from __future__ import annotations

import datetime

import python_calamine

from ingest.readers.children import render_number


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
    """{"sheets": names, "rows": [[texts, types], ...]}; rows is None when there is no such sheet."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    if sheet not in workbook.sheet_names:
        return {"sheets": workbook.sheet_names, "rows": None}
    cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    rows = [[describe_cell(value) for value in row] for row in cells]
    return {
        "sheets": workbook.sheet_names,
        "rows": [[[text for text, _ in row], [cell_type for _, cell_type in row]] for row in rows],
    }
