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

from ingest.errors import FaultList
from ingest.readers.tables import cell_name

LARGEST_FILE_BYTES = 100 * 1024**2
LARGEST_INFLATED_BYTES = 1024**3
MOST_MEMBERS = 2_000
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
# A parser makes room for the whole box between the first and the last cell.
MOST_CELLS = 20_000_000
CHUNK_BYTES = 1024**2
OVERLAP_BYTES = 256

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
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass
class _Box:
    rows: int = 0
    columns: int = 0

    def stretch(self, row: int, column: int) -> None:
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)

    def is_too_large(self) -> bool:
        return self.rows > LAST_ROW or self.columns > LAST_COLUMN or self.rows * self.columns > MOST_CELLS


def is_workbook_safe(path: Path, faults: FaultList) -> bool:
    """Whether a workbook may be parsed; otherwise one fault says why not."""
    if path.stat().st_size > LARGEST_FILE_BYTES:
        found = f"The file has {path.stat().st_size // 1024**2} MB."
        return _refuse(path, "", found, f"At most {LARGEST_FILE_BYTES // 1024**2} MB.", faults)
    try:
        with zipfile.ZipFile(path) as archive:
            return _are_members_safe(path, archive, faults)
    except _DAMAGED:
        faults.add(
            "not-a-workbook",
            path,
            "",
            found="The file is not a whole .xlsx workbook.",
            expected="An .xlsx workbook without a password.",
            advice="Open it in a spreadsheet program and save it as .xlsx, or fetch it again.",
        )
        return False


def _are_members_safe(path: Path, archive: zipfile.ZipFile, faults: FaultList) -> bool:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        return _refuse(path, "", f"The workbook packs {len(members)} files.", f"At most {MOST_MEMBERS}.", faults)
    inflated = sum(member.file_size for member in members)
    if inflated > LARGEST_INFLATED_BYTES:
        found = f"The workbook unpacks to {inflated // 1024**2} MB."
        return _refuse(path, "", found, f"At most {LARGEST_INFLATED_BYTES // 1024**2} MB.", faults)
    for member in members:
        if ".." in member.filename.split("/") or member.filename.startswith("/") or "\\" in member.filename:
            found = "The workbook packs a file whose name leads out of it."
            return _refuse(path, "", found, "Every packed file lies within the workbook.", faults)
    return all(
        _is_member_safe(path, archive, member, faults)
        for member in members
        if member.filename.lower().endswith((".xml", ".rels"))
    )


def _is_member_safe(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, faults: FaultList) -> bool:
    is_sheet = "worksheets/" in member.filename
    box = _Box()
    for window in _windows(archive, member):
        if _FORBIDDEN.search(window):
            found = "The workbook declares a document type or an entity."
            return _refuse(path, member.filename, found, "Plain cells, as spreadsheet programs write them.", faults)
        for letters, digits in _CELL_REFERENCE.findall(window) if is_sheet else ():
            box.stretch(int(digits), column_number(letters))
    if box.is_too_large():
        found = f"The sheet reaches as far as the cell {cell_name(box.rows, box.columns)}."
        expected = f"At most {MOST_CELLS // 10**6} million cells between A1 and the last one."
        return _refuse(path, member.filename, found, expected, faults)
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


def _refuse(path: Path, place: str, found: str, expected: str, faults: FaultList) -> bool:
    faults.add(
        "unsafe-workbook",
        path,
        place,
        found=found,
        expected=expected,
        advice="Copy the rows that are needed into a new workbook and save that.",
    )
    return False
