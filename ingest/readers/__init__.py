"""Files as tables of text: one interface for every format."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import FaultList
from ingest.readers.tables import CsvLayout, SheetLayout, TextRow, TextTable
from ingest.readers.text_csv import read_csv
from ingest.readers.workbook import read_workbook

__all__ = ["CsvLayout", "SheetLayout", "TextRow", "TextTable", "read_table"]


def read_table(path: Path, layout: CsvLayout | SheetLayout, faults: FaultList) -> TextTable | None:
    """The rows of a file in the given layout, or None when it cannot be read as a table (the faults say why)."""
    if isinstance(layout, SheetLayout):
        return read_workbook(path, layout, faults)
    return read_csv(path, layout, faults)
