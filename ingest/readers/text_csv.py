"""CSV read strictly with the standard library: every cell is text, nothing is guessed."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Generator, Iterator
from itertools import chain, islice
from pathlib import Path

from faults.errors import FaultList, line_place
from ingest.readers.columns import BATCH, Columns, Rows, TextRow
from ingest.readers.encoded_text import read_text
from ingest.readers.plain_csv import read_plain
from ingest.readers.tables import CsvLayout, TextTable, check_first_lines, header_of

# The library's own limit of 131,072 characters is less than a long free-text answer in a joined export.
LONGEST_FIELD = 16 * 1024 * 1024
csv.field_size_limit(LONGEST_FIELD)

Record = tuple[int, list[str]]
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def read_csv(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    """The rows of a CSV file, or None when the file cannot be read as a table (the faults say why).

    A row with too few or too many fields is kept with its `problem`; an empty line is a row of empty cells.
    """
    text = read_text(path, layout.encoding, faults)
    if text is None:
        return None
    records = _Records(text, layout.delimiter)
    try:
        head = [*islice(records, max(layout.name_row, layout.option_row or 0, layout.first_data_row - 1))]
        if not check_first_lines(path, len(head), layout, faults):
            return None
        names = header_of([cells for _, cells in head], layout)
        n_above = layout.first_data_row - 1
        plain = read_plain(text, layout.delimiter, n_above, len(names))
        header, rows = (names, plain) if plain is not None else _table(names, chain(head[n_above:], records))
    except csv.Error as error:
        _add_unparseable(path, line_place(records.line), str(error), faults)
        return None
    finally:
        records.close()
    if rows and len(rows[-1].cells) < len(header) and not _ends_in_line_end(text):
        _add_cut(path, rows[-1], len(header), faults)
    return TextTable(path, header, head[layout.name_row - 1][0], rows, ends_in_line_end=_ends_in_line_end(text))


class _Records:
    """The records of a text, each with the line that it begins on; `line` is that of the one that is read now."""

    def __init__(self, text: str, delimiter: str) -> None:
        lines = (line[0] for line in _LINE.finditer(text))  # io.StringIO would hold the text again, four bytes a sign
        self.line, self._records = 1, self._read(lines, delimiter)

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def close(self) -> None:
        """Let go of the text: records that nobody read would hold it, and they and this each other."""
        self._records.close()

    def _read(self, lines: Iterator[str], delimiter: str) -> Generator[Record]:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for cells in reader:
            yield self.line, cells
            self.line = reader.line_num + 1


def _table(header: tuple[str, ...], records: Iterator[Record]) -> tuple[tuple[str, ...], Rows]:
    """The names of the columns, and the rows. A delimiter at the end of every row, or of the row of names alone, makes
    no row unreadable."""
    width, columns, lines, odd = len(header), Columns(len(header)), array("q"), dict[int, list[str]]()
    is_any_whole = False
    while batch := [*islice(records, BATCH)]:
        odd |= {place: cells for place, (_, cells) in enumerate(batch, len(lines)) if len(cells) not in (0, width)}
        columns.add([cells or [""] * width for _, cells in batch if len(cells) in (0, width)])
        is_any_whole = is_any_whole or any(len(cells) == width for _, cells in batch)
        lines.extend(line for line, _ in batch)
    widths = {len(cells) for cells in odd.values()}
    if len(widths) == 1 and not is_any_whole and not any(map(any, (cells[width:] for cells in odd.values()))):
        (wanted,) = widths
        if not any(header[wanted:]):
            columns = Columns(wanted)
            columns.add([odd.get(place, [""] * wanted) for place in range(len(lines))])
            return header[:wanted] + ("",) * (wanted - width), Rows(lines, columns.made(), {})
    return header, Rows(lines, columns.made(), {place: _misfit(lines[place], odd[place], width) for place in odd})


def _misfit(line: int, cells: list[str], width: int) -> TextRow:
    return TextRow(line, tuple(cells), problem=f"{len(cells)} fields where the header has {width}")


def _ends_in_line_end(text: str) -> bool:
    return text.endswith(("\n", "\r"))


def _add_cut(path: Path, last: TextRow, width: int, faults: FaultList) -> None:
    found = f"The last line has {len(last.cells)} of {width} fields and no line end: the file looks cut."
    faults.add("cut-row", path, line_place(last.line), found)


def _add_unparseable(path: Path, place: str, error: str, faults: FaultList) -> None:
    if "unexpected end of data" in error:
        faults.add("unclosed-quote", path, place, "A quote opens in the row that begins here and never closes.")
    elif "field limit" in error:
        found = f"A field is longer than {LONGEST_FIELD} characters; a quote is probably open."
        faults.add("unclosed-quote", path, place, found)
    else:
        faults.add("stray-quote", path, place, "A quoted field goes on after its closing quote.")
