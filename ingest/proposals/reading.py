"""How an export file is written: its format, and the settings of round.yml that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.errors import FaultList
from ingest.readers import FORMATS, TextTable, read_table
from ingest.readers.encoded_text import BYTE_ORDER_MARK
from ingest.readers.tables import CsvLayout, Layout, SheetLayout
from ingest.readers.workbook import sheet_names

FORMAT_OF_SUFFIX = {
    ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".sav": "sav", ".zsav": "sav",
    ".json": "webropol_json",
}  # fmt: skip
DELIMITERS = (";", ",", "\t", "|")
TIMESTAMP_FORMATS = (
    "%d.%m.%Y %H.%M.%S", "%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%y %H:%M:%S",
    "%d/%m/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
# Qualtrics writes a third row under the names: a JSON object for each column.
IMPORT_ID = "ImportId"


@dataclass(frozen=True)
class Export:
    """An export file as it was read, and the settings that read it."""

    table: TextTable
    format: str
    layout: Layout
    timezone: str | None = None
    wordings: Mapping[str, str] = field(default_factory=dict)

    def wording(self, name: str) -> str:
        """What the respondent saw, where the file says it beside the name of the column; else the name."""
        return self.wordings.get(name) or name

    def column(self, name: str) -> list[str]:
        """The answers of a column that are not empty, trimmed."""
        index = self.table.header.index(name)
        cells = (row.cells[index].strip() for row in self.table.rows if row.problem is None)
        return [cell for cell in cells if cell]

    def settings(self) -> dict[str, Any]:
        """The settings of round.yml that read the file."""
        return {"format": self.format} | {each.name: getattr(self.layout, each.name) for each in fields(self.layout)}


def read_export(path: Path, faults: FaultList) -> Export | None:
    """The file, read in the one way that makes a table of it; None with faults."""
    format_ = FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if format_ is None:
        faults.add(
            "unknown-format",
            path,
            "",
            found=f"The file ends in {path.suffix or 'nothing'}.",
            expected=f"An export ends in {', '.join(FORMAT_OF_SUFFIX)}.",
            advice="Save it in one of these formats.",
        )
        return None
    layouts = list(_layouts(path, format_, faults))
    tables = [(table, layout) for layout in layouts if (table := read_table(path, layout, _quiet(layouts, faults)))]
    if not tables:
        return None
    table, layout = max(tables, key=lambda found: _fit(found[0]))
    return _without_extra_headers(Export(table, format_, layout), faults)


def _quiet(layouts: Sequence[Layout], faults: FaultList) -> FaultList:
    """Of several ways to read a file the wrong ones fail: only a single way has something to tell."""
    return faults if len(layouts) == 1 else FaultList()


def _layouts(path: Path, format_: str, faults: FaultList) -> Iterator[Layout]:
    if format_ == "csv":
        encoding = _encoding(path)
        yield from (CsvLayout(encoding, delimiter) for delimiter in DELIMITERS)
    elif format_ == "xlsx":
        yield from (SheetLayout(sheet) for sheet in sheet_names(path, faults)[:1])
    else:
        yield FORMATS[format_].layout()


def _encoding(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(BYTE_ORDER_MARK.encode()):
        return "utf-8-sig"
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return "utf-8"
    return "cp1252"


def _fit(table: TextTable) -> tuple[int, int]:
    """More columns are better, as long as the rows have them."""
    fitting = sum(row.problem is None for row in table.rows)
    return (len(table.header) if fitting * 2 >= len(table.rows) else 0, fitting)


def _without_extra_headers(export: Export, faults: FaultList) -> Export:
    first = [row for row in export.table.rows[:2] if row.cells and IMPORT_ID in row.cells[0]]
    if not first or not isinstance(export.layout, CsvLayout):
        return export
    described = json.loads(first[0].cells[0])
    n_header_rows = export.table.rows.index(first[0]) + 2
    layout = CsvLayout(export.layout.encoding, export.layout.delimiter, 1, n_header_rows + 1)
    table = read_table(export.table.path, layout, faults)
    wordings = dict(zip(export.table.header, export.table.rows[0].cells, strict=False)) if n_header_rows > 2 else {}
    return Export(table or export.table, export.format, layout, described.get("timeZone"), wordings)


def timestamp_formats(texts: Sequence[str]) -> list[str]:
    """The forms in which every one of the texts can be read; none for ISO, which needs no form."""
    if not texts or all(_is_written(text, None) for text in texts):
        return []
    return [form for form in TIMESTAMP_FORMATS if all(_is_written(text, form) for text in texts)]


def _is_written(text: str, form: str | None) -> bool:
    try:
        datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)
    except ValueError:
        return False
    return True
