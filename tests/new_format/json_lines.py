"""The export of a made-up tool: a line per response, a JSON object of texts by the name of the column."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from faults.errors import FaultList, line_place
from ingest.readers.columns import Rows, TextRow
from ingest.readers.encoded_text import read_text
from ingest.readers.tables import Layout, TextTable


@dataclass(frozen=True)
class JsonLinesLayout(Layout):
    """How to read such a file."""

    has_typed_dates: ClassVar[bool] = False

    encoding: str = "utf-8"


def read_json_lines(path: Path, layout: JsonLinesLayout, faults: FaultList) -> TextTable | None:
    """The responses; None when a line is not JSON (a fault says which)."""
    text = read_text(path, layout.encoding, faults)
    if text is None:
        return None
    parsed = [_parse(path, number, line, faults) for number, line in enumerate(text.splitlines(), start=1)]
    records = [record for record in parsed if record is not None]
    if len(records) < len(parsed):
        return None
    header = tuple(dict.fromkeys(name for record in records for name in record))
    rows = [tuple(record.get(name, "") for name in header) for record in records]
    listed = (TextRow(line, cells) for line, cells in enumerate(rows, start=1))
    return TextTable(path, header, 0, Rows.of(listed, len(header)))


def _parse(path: Path, number: int, line: str, faults: FaultList) -> dict[str, str] | None:
    try:
        return dict(json.loads(line))
    except ValueError:
        faults.add("not-json-lines", path, line_place(number), "The line is not a JSON object.")
        return None
