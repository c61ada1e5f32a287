"""How an export file is written: its format, and the settings of round.yml that read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.errors import FaultList
from ingest.fields import ISO_TIMES
from ingest.readers import FORMATS, TextRow, TextTable, read_table
from ingest.readers.encoded_text import BYTE_ORDER_MARK
from ingest.readers.tables import CsvLayout, Layout, SheetLayout
from ingest.readers.workbook import sheet_names
from ingest.round import DATE_FORMATS

GUESSED_ENCODING = "cp1252"
DELIMITERS = (";", ",", "\t", "|")
TIMESTAMP_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H.%M.%S", "%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y klo %H.%M",
    "%m/%d/%y %H:%M:%S", "%d/%m/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%y %H:%M", "%d/%m/%y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p",
    "%m/%d/%y %I:%M:%S %p", "%d/%m/%y %I:%M:%S %p", "%Y-%m-%d %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p",
)  # fmt: skip
ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
# Qualtrics writes a third row under the names: a JSON object for each column.
IMPORT_ID = "ImportId"


@dataclass(frozen=True)
class Export:
    """An export file as it was read, and the settings that read it."""

    table: TextTable
    format: str
    layout: Layout
    timezone: str | None = None
    unsure: frozenset[str] = frozenset()

    def wording(self, name: str) -> str:
        """What the respondent saw, where the file says it beside the name of the column; else the name."""
        return self.table.wordings.get(name) or name

    def label(self, name: str, cell: str) -> str:
        """What the respondent chose, where the file says what a cell of the column stands for; else the cell."""
        return self.table.labels.get(name, {}).get(cell) or cell

    def column(self, name: str) -> list[str]:
        """The answers of a column that are not empty, trimmed."""
        index = self.table.header.index(name)
        cells = (row.cells[index].strip() for row in self.table.rows if row.problem is None)
        return [cell for cell in cells if cell]

    def settings(self) -> dict[str, Any]:
        """The settings of round.yml that read the file; those that another value would do for are marked."""
        found = {each.name: getattr(self.layout, each.name) for each in fields(self.layout)}
        marked = {name: f"?{value}" if name in self.unsure else value for name, value in found.items()}
        return {"format": self.format} | marked


def read_export(path: Path, faults: FaultList) -> Export | None:
    """The file, read in the one way that makes a table of it; None with faults."""
    ways = list(_ways(path))
    if not ways:
        suffixes = dict.fromkeys(suffix for format_ in FORMATS.values() for suffix in format_.suffixes)
        faults.add(
            "unknown-format",
            path,
            "",
            found=f"The file ends in {path.suffix or 'nothing'}.",
            expected=f"An export ends in {', '.join(suffixes)}.",
            advice="Save it in one of these formats.",
        )
        return None
    # The wrong ways to read a file find faults in it: the best way is taken once more, and tells.
    name, layout = max(ways, key=lambda way: _fit(read_table(path, way[1], FaultList())))
    table = read_table(path, layout, faults)
    if table is None:
        return None
    unsure = {"sheet"} if sum(isinstance(other, SheetLayout) for _, other in ways) > 1 else set()
    unsure |= {"encoding"} if getattr(layout, "encoding", "utf-8") == GUESSED_ENCODING else set()
    return _without_extra_headers(Export(table, name, layout, unsure=frozenset(unsure)), faults)


def _ways(path: Path) -> Iterator[tuple[str, Layout]]:
    """Each format whose files end like this one, with each layout that it may have."""
    for name, format_ in FORMATS.items():
        if path.suffix.lower() in format_.suffixes:
            yield from ((name, layout) for layout in _layouts(path, format_.layout))


def _layouts(path: Path, layout: type[Layout]) -> Iterator[Layout]:
    """A workbook that cannot be opened has no sheets: reading any of them tells why."""
    if layout is CsvLayout:
        encoding = _encoding(path)
        yield from (CsvLayout(encoding, delimiter) for delimiter in DELIMITERS)
    elif layout is SheetLayout:
        yield from map(SheetLayout, sheet_names(path, FaultList()) or [""])
    else:
        yield layout()


def _encoding(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(BYTE_ORDER_MARK.encode()):
        return "utf-8-sig"
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return "utf-8"
    return GUESSED_ENCODING


def _fit(table: TextTable | None) -> tuple[int, int]:
    """More columns are better, as long as the rows have them."""
    if table is None:
        return (-1, 0)
    fitting = sum(row.problem is None for row in table.rows)
    return (len(table.header) if fitting * 2 >= len(table.rows) else 0, fitting)


def _without_extra_headers(export: Export, faults: FaultList) -> Export:
    """The export without the rows of wordings and import ids that stand under the names."""
    under = export.table.rows[:2]
    described = _import_id(under[1]) if len(under) == 2 else None
    if described is None or not isinstance(export.layout, CsvLayout):
        return export
    layout = CsvLayout(export.layout.encoding, export.layout.delimiter, first_data_row=len(under) + 2)
    table = read_table(export.table.path, layout, faults)
    wordings = dict(zip(export.table.header, under[0].cells, strict=False))
    worded = replace(table or export.table, wordings=wordings)
    return replace(export, table=worded, layout=layout, timezone=described.get("timeZone"))


def _import_id(row: TextRow) -> Mapping[str, str] | None:
    with suppress(ValueError):
        described = json.loads(row.cells[0])
        return described if isinstance(described, dict) and IMPORT_ID in described else None
    return None


def timestamp_formats(texts: Sequence[str]) -> list[str]:
    """The forms in which every one of the texts can be read; one without a digit, as "[not completed]", is no time."""
    moments = [text for text in texts if any(map(str.isdigit, text))] or texts
    forms = [form for form in TIMESTAMP_FORMATS if all(_is_written(text, form) for text in moments)]
    return forms or ([ISO_TIMES] if all(map(ISO_MOMENT.fullmatch, moments)) and are_iso(moments) else [])


def dates_in(texts: Sequence[str]) -> list[str]:
    """Those of the texts that are a date in one of the forms that a round can have."""
    return [text for text in texts if any(_is_written(text, form) for form in DATE_FORMATS)]


def date_formats(dates: Sequence[str]) -> list[str]:
    """The forms in which every one of the dates can be read."""
    return [form for form in DATE_FORMATS if all(_is_written(date, form) for date in dates)]


def are_iso(texts: Sequence[str]) -> bool:
    """Whether every one of the texts is a moment as ISO writes it."""
    return all(_is_written(text, None) for text in texts)


def _is_written(text: str, form: str | None) -> bool:
    try:
        datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)
    except ValueError:
        return False
    return True
