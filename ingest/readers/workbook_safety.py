"""Looks into a workbook before anything parses it: one far cell in a file of 1.5 kB can take all memory."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faults.errors import FaultList, worded
from ingest.readers.files import is_plain_file
from ingest.readers.tables import cell_name

LARGEST_FILE_BYTES = 100 * 1024**2  # docs/operating.md tells it
LARGEST_INFLATED_BYTES = 1024**3
# Cells pack to a tenth or a fiftieth of their size; what packs to less is made of nothing.
LARGEST_DENSE_BYTES = 50 * 1024**2
MOST_INFLATION = 200  # times its size: see LARGEST_DENSE_BYTES
MOST_MEMBERS = 2_000  # files in one workbook
LAST_ROW = 1_048_576  # Excel's
LAST_COLUMN = 16_384  # Excel's
# A parser makes room for the whole box between the first and the last cell.
MOST_CELLS = 20_000_000
# One cell in the last row makes a million rows of nothing.
MOST_EMPTY_CELLS = 500_000
EMPTY_PER_CELL = 20  # times the cells that have something, where those are many
CHUNK_BYTES = 1024**2  # bytes that are held in memory
OVERLAP_BYTES = 256  # a tag may lie across two chunks

# What zipfile and its decompressors raise on damaged bytes, found by feeding them damaged bytes.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
_CELL_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,12})["']""")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass
class _Box:
    rows: int = 0
    columns: int = 0
    n_cells: int = 0

    def stretch(self, row: int, column: int) -> None:
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        self.n_cells += 1

    def is_too_large(self) -> bool:
        return self.rows > LAST_ROW or self.columns > LAST_COLUMN or self.rows * self.columns > MOST_CELLS

    def is_nearly_empty(self) -> bool:
        return self.rows * self.columns > max(MOST_EMPTY_CELLS, EMPTY_PER_CELL * self.n_cells)


def is_workbook_safe(path: Path, faults: FaultList) -> bool:
    """Whether there is a workbook that may be parsed; otherwise one fault says why not."""
    if not is_plain_file(path, faults, LARGEST_FILE_BYTES):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _are_members_safe(path, archive, faults)
    except _DAMAGED:
        faults.add("not-a-workbook", path, "", "The file is not a whole .xlsx workbook.")
        return False


def _are_members_safe(path: Path, archive: zipfile.ZipFile, faults: FaultList) -> bool:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        found = f"The workbook packs {len(members)} files."
        return _refuse("workbook-of-many-files", path, "", found, faults, most=MOST_MEMBERS)
    if len({member.filename for member in members}) < len(members):
        found = "The workbook packs two files of one name."
        return _refuse("workbook-of-one-file-twice", path, "", found, faults)
    inflated = sum(member.file_size for member in members)
    if inflated > LARGEST_INFLATED_BYTES:
        found = f"The workbook unpacks to {inflated // 1024**2} MB."
        return _refuse("workbook-too-large", path, "", found, faults, largest=LARGEST_INFLATED_BYTES // 1024**2)
    for member in members:
        if member.file_size > max(LARGEST_DENSE_BYTES, MOST_INFLATION * member.compress_size):
            found = f"{member.compress_size // 1024 + 1} kB of the workbook unpack to {member.file_size // 1024**2} MB."
            name, largest = member.filename, LARGEST_DENSE_BYTES // 1024**2
            return _refuse("workbook-inflating", path, name, found, faults, times=MOST_INFLATION, largest=largest)
        if ".." in member.filename.split("/") or member.filename.startswith("/") or "\\" in member.filename:
            found = "The workbook packs a file whose name leads out of it."
            return _refuse("workbook-leads-out", path, "", found, faults)
    return all(_is_member_safe(path, archive, member, faults) for member in members)


def _is_member_safe(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, faults: FaultList) -> bool:
    """Every packed file is looked into, whatever its name: the workbook itself says which of them are sheets."""
    box = _Box()
    for place, window in enumerate(_windows(archive, member)):
        if place == 0 and window.startswith(_UTF_16):
            found = "The workbook packs markup in another encoding than UTF-8."
            return _refuse("workbook-in-utf-16", path, member.filename, found, faults)
        if _FORBIDDEN.search(window):
            found = "The workbook declares a document type or an entity."
            return _refuse("workbook-with-entities", path, member.filename, found, faults)
        for letters, digits in _CELL_REFERENCE.findall(window):
            box.stretch(int(digits), column_number(letters))
    if box.is_too_large():
        found = f"The sheet reaches as far as the cell {cell_name(box.rows, box.columns)}."
        return _refuse("sheet-too-large", path, member.filename, found, faults, millions=MOST_CELLS // 10**6)
    if box.is_nearly_empty():
        last = cell_name(box.rows, box.columns)
        found = f"The sheet reaches as far as the cell {last}, and nearly all of it is empty."
        return _refuse("sheet-nearly-empty", path, member.filename, found, faults)
    return True


def _windows(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member in pieces that overlap, so that nothing hides on a border."""
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield tail + chunk
            tail = (tail + chunk)[-OVERLAP_BYTES:]


def column_number(letters: bytes) -> int:
    """The number of a column, counted from 1: C is 3."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _refuse(code: str, path: Path, place: str, found: str, faults: FaultList, **values: int) -> bool:
    faults.put(path, place, worded(code, found, "", **values))
    return False
