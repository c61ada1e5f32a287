"""Run as a program of its own: prints the cells of one sheet as JSON. A file that kills it kills nothing else.

Usage: calamine_child.py WORKBOOK SHEET. Prints {"sheets": [names], "rows": [[texts, types], ...] or null}.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
from decimal import Decimal

import python_calamine

MEMORY_LIMIT_BYTES = 4 * 1024**3
CPU_LIMIT_SECONDS = 120


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


def render_number(value: float) -> str:
    """The shortest decimal text that means the same number, without an exponent."""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def describe_sheet(path: str, sheet: str) -> dict[str, object]:
    """The names of the sheets, and the cells of the one asked for (None when there is no such sheet)."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    if sheet not in workbook.sheet_names:
        return {"sheets": workbook.sheet_names, "rows": None}
    cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    rows = [[describe_cell(value) for value in row] for row in cells]
    return {
        "sheets": workbook.sheet_names,
        "rows": [[[text for text, _ in row], [cell_type for _, cell_type in row]] for row in rows],
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
    json.dump(describe_sheet(sys.argv[1], sys.argv[2]), sys.stdout)
