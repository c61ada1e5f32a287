"""Files as tables of text: one interface for every format. A new format is one module and one line of FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from faults.errors import FaultList
from ingest.readers.columns import Rows, TextRow
from ingest.readers.sav import SavLayout, read_sav
from ingest.readers.tables import CsvLayout, Layout, SheetLayout, TextTable, without_nul
from ingest.readers.text_csv import read_csv
from ingest.readers.webropol import WebropolLayout, read_webropol
from ingest.readers.workbook import read_workbook

__all__ = ["FORMATS", "CsvLayout", "Layout", "Rows", "SheetLayout", "TextRow", "TextTable", "read_table"]


class Format(NamedTuple):
    """A format by the name that round.yml gives it: its layout, the reader that takes such a layout, and how the names
    of its files end."""

    layout: type[Layout]
    read: Callable[[Path, Any, FaultList], TextTable | None]
    suffixes: tuple[str, ...]

    def uses(self, setting: str) -> bool:
        """Whether the format is read by this setting of round.yml."""
        return any(field.name == setting for field in fields(self.layout))


FORMATS: Mapping[str, Format] = {
    "csv": Format(CsvLayout, read_csv, (".csv", ".txt", ".tsv")),
    "xlsx": Format(SheetLayout, read_workbook, (".xlsx",)),
    "sav": Format(SavLayout, read_sav, (".sav", ".zsav")),
    "webropol_json": Format(WebropolLayout, read_webropol, (".json",)),
}


def read_table(path: Path, layout: Layout, faults: FaultList) -> TextTable | None:
    """The rows of a file in the given layout, or None when it cannot be read as a table (the faults say why).

    A letter and its mark are one sign, however the tool wrote them: the same words are the same text.
    """
    (read,) = (format_.read for format_ in FORMATS.values() if format_.layout is type(layout))
    table = read(path, layout, faults)
    return table and without_nul(table.composed(), faults)
