"""CSV read strictly with the standard library: every cell is text, nothing is guessed."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from sys import intern

from faults.errors import FaultList, line_place
from ingest.readers.encoded_text import read_text
from ingest.readers.tables import CsvLayout, TextRow, TextTable, check_first_lines, header_of

# The library's own limit of 131,072 characters is less than a long free-text answer in a joined export.
LONGEST_FIELD = 16 * 1024 * 1024
csv.field_size_limit(LONGEST_FIELD)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

Record = tuple[int, tuple[str, ...]]


def read_csv(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    """The rows of a CSV file, or None when the file cannot be read as a table (the faults say why).

    A row with too few or too many fields is kept with its `problem`; an empty line is a row of empty cells.
    """
    text = read_text(path, layout.encoding, faults)
    if text is None:
        return None
    records = _parse(path, text, layout.delimiter, faults)
    if records is None or not check_first_lines(path, len(records), layout, faults):
        return None
    body = records[layout.first_data_row - 1 :]
    header = _as_wide_as_rows(header_of([cells for _, cells in records], layout), body)
    header_line, _ = records[layout.name_row - 1]
    if _is_cut(text, body, len(header)):
        _add_cut(path, body[-1], len(header), faults)
    rows = tuple(_fitted(line, cells, len(header)) for line, cells in body)
    return TextTable(path, header, header_line, rows, ends_in_line_end=_ends_in_line_end(text))


def _parse(path: Path, text: str, delimiter: str, faults: FaultList) -> list[Record] | None:
    records: list[Record] = []
    lines = (line[0] for line in _LINE.finditer(text))  # io.StringIO would hold the text again, four bytes a sign
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            records.append((start, tuple(map(intern, cells))))  # of equal answers one is held
            start = reader.line_num + 1
    except csv.Error as error:
        _add_unparseable(path, line_place(start), str(error), faults)
        return None
    return records


def _as_wide_as_rows(header: tuple[str, ...], body: list[Record]) -> tuple[str, ...]:
    """A delimiter at the end of every row, or of the row of names alone, makes no row unreadable."""
    filled = [cells for _, cells in body if cells]
    (width,) = widths if len(widths := {len(cells) for cells in filled}) == 1 else (len(header),)
    is_blank = not any(header[width:]) and not any(any(cells[len(header) :]) for cells in filled)
    return header[:width] + ("",) * (width - len(header)) if is_blank else header


def _fitted(line: int, cells: tuple[str, ...], width: int) -> TextRow:
    if len(cells) == width:
        return TextRow(line, cells)
    if not cells:
        return TextRow(line, ("",) * width)
    return TextRow(line, cells, problem=f"{len(cells)} fields where the header has {width}")


def _is_cut(text: str, body: list[Record], width: int) -> bool:
    return bool(body) and 0 < len(body[-1][1]) < width and not _ends_in_line_end(text)


def _ends_in_line_end(text: str) -> bool:
    return text.endswith(("\n", "\r"))


def _add_cut(path: Path, last: Record, width: int, faults: FaultList) -> None:
    line, cells = last
    found = f"The last line has {len(cells)} of {width} fields and no line end: the file looks cut."
    faults.add("cut-row", path, line_place(line), found)


def _add_unparseable(path: Path, place: str, error: str, faults: FaultList) -> None:
    if "unexpected end of data" in error:
        faults.add("unclosed-quote", path, place, "A quote opens in the row that begins here and never closes.")
    elif "field limit" in error:
        found = f"A field is longer than {LONGEST_FIELD} characters; a quote is probably open."
        faults.add("unclosed-quote", path, place, found)
    else:
        faults.add("stray-quote", path, place, "A quoted field goes on after its closing quote.")
