"""CSV files of a round that lose what must not be kept: the one case in which a delivered file is edited.

Every other record stays byte for byte as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.codebook.sign_offs import CARD_NAME as SIGN_OFF_CARD
from ingest.readers import CsvLayout
from ingest.reference.sources import CARD_NAME as SOURCE_CARD
from store.durable import write_whole
from store.fingerprint import file_sha256, sha256_of

Cells = tuple[str, ...]
# The new cells of the record that begins on a line; the same ones to leave it alone, None to take it out.
Change = Callable[[int, Cells], Cells | None]


def rewrite(file: Path, layout: CsvLayout, change: Change) -> bool:
    """Put a changed file in place of another, and its new hash on the cards beside it; whether anything changed.

    The file must be one that the strict reader reads.
    """
    text = file.read_bytes().decode(layout.encoding)
    changed = "".join(_rewritten(text, layout, change))
    if changed == text:
        return False
    old, new = file_sha256(file), changed.encode(layout.encoding)
    # The cards first: cut off in between, the same call makes the file that they describe.
    for card in (file.with_name(name) for name in (SOURCE_CARD, SIGN_OFF_CARD)):
        if card.is_file():
            write_whole(card, card.read_bytes().replace(old.encode(), sha256_of(new).encode()))
    write_whole(file, new)
    return True


def _rewritten(text: str, layout: CsvLayout, change: Change) -> Iterator[str]:
    lines = list(io.StringIO(text, newline=""))
    records, begin = csv.reader(lines, delimiter=layout.delimiter, strict=True), 0
    for number, cells in enumerate(records, start=1):
        own, begin_line = lines[begin : records.line_num], begin + 1
        begin = records.line_num
        found = tuple(cells)
        new = change(begin_line, found) if number >= layout.first_data_row else found
        if new == found:
            yield from own
        elif new is not None:
            yield _written(new, layout.delimiter, own[-1])


def _written(cells: Cells, delimiter: str, last_line: str) -> str:
    """A record with the line end of the one that it replaces."""
    line_end = last_line[len(last_line.rstrip("\r\n")) :]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=line_end).writerow(cells)
    return written.getvalue()
