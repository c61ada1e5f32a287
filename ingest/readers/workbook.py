"""A sheet of an .xlsx workbook: looked into first, then parsed in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from faults.errors import FaultList, worded
from faults.suggestions import did_you_mean, listed, quoted
from ingest.readers.children import ParserFailed, describe_apart
from ingest.readers.columns import Rows, TextRow
from ingest.readers.tables import SheetLayout, TextTable, check_first_lines, header_of
from ingest.readers.workbook_safety import is_workbook_safe


def read_workbook(path: Path, layout: SheetLayout, faults: FaultList) -> TextTable | None:
    """The rows of one sheet, every cell as exact text with its type (text, number, date, boolean).

    None when the sheet cannot be read as a table (the faults say why).
    """
    if not is_workbook_safe(path, faults):
        return None
    parsed = _parse(path, layout.sheet, faults)
    if parsed is None or not check_first_lines(path, len(parsed["rows"]), layout, faults):
        return None
    cells, problems = parsed["rows"], parsed["problems"]
    body = cells[layout.first_data_row - 1 :]
    header = header_of([texts for texts, _ in cells], layout)
    width = max(map(_width, (header, *(texts for texts, _ in body))))
    rows = (
        TextRow(line, tuple(texts[:width]), tuple(types[:width]), problems.get(str(line)))
        for line, (texts, types) in enumerate(body, start=layout.first_data_row)
    )
    header = header[:width]
    return TextTable(path, header, layout.name_row, Rows.of(rows, len(header)), is_workbook=True)


def shown_sheets(path: Path, faults: FaultList) -> list[str]:
    """The names of a workbook's sheets that are not hidden, in order, or of all when all are; none when it cannot be
    read (the faults say why)."""
    described = _describe(path, "", faults) if is_workbook_safe(path, faults) else None
    return [*(described["shown"] or described["sheets"])] if described else []


def _parse(path: Path, sheet: str, faults: FaultList) -> dict[str, Any] | None:
    described: dict[str, Any] | None = _describe(path, sheet, faults)
    if described is None:
        return None
    if described["rows"] is None:
        found, near = f"There is no sheet {quoted(sheet)}.", did_you_mean(sheet, described["sheets"])
        faults.add("unknown-sheet", path, "", found, advice=near, sheets=listed(map(quoted, described["sheets"])))
        return None
    return described


def _describe(path: Path, sheet: str, faults: FaultList) -> Any | None:
    try:
        return describe_apart("calamine_child", str(path), sheet)
    except ParserFailed as failure:
        faults.put(path, "", failure.words or worded("unreadable-workbook", "The workbook could not be read."))
        return None


def _width(texts: Sequence[str]) -> int:
    """How far a row goes: formatted but empty cells to its right are not columns."""
    return max((place for place, text in enumerate(texts, start=1) if text.strip()), default=0)
