"""Looks into an SPSS file before anything parses it: its header may tell of more cases than it holds, or of fewer, and
a parser that believes it takes all memory or leaves cases out.

The form is that of "System File Format" in the manual of PSPP: a header, records that end with 999, then the cases,
each an equal number of elements of 8 bytes, as they are, as bytecode, or as bytecode packed by zlib.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from faults.errors import FaultList
from ingest.readers.encoded_text import read_bytes

LARGEST_FILE_BYTES = 100 * 1024**2  # as of workbooks
LARGEST_INFLATED_BYTES = 1024**3
MOST_ELEMENTS = 100_000_000  # cells that a parser makes room for

ELEMENT = 8  # bytes: all lies in pieces of eight
HEADER_BYTES = 176  # by the format
VARIABLE, LABELS, LABELLED, DOCUMENT, EXTENSION, END = 2, 3, 4, 6, 7, 999
UNKNOWN_CASES = -1
AS_IT_IS, BYTECODE, PACKED = 0, 1, 2
SKIPPED, END_OF_CASES, VALUE_FOLLOWS = 0, 252, 253
# For each of 256 bytes: whether it stands for an element, and whether 8 bytes follow for it.
_IS_ELEMENT = bytes(byte not in (SKIPPED, END_OF_CASES) for byte in range(256))
_FOLLOWED = bytes([VALUE_FOLLOWS])


class _Damaged(Exception):
    """The file is not what its own header says; the text is what was found."""


def is_sav_safe(path: Path, faults: FaultList) -> bool:
    """Whether there is an SPSS file that may be parsed; otherwise one fault says why not."""
    content = read_bytes(path, faults, LARGEST_FILE_BYTES)
    if content is None:
        return False
    if content[:4] not in (b"$FL2", b"$FL3"):
        faults.add("not-sav", path, "", "The file does not begin as an SPSS file does.")
        return False
    try:
        _check(content)
    except _Damaged as damage:
        faults.add("damaged-sav", path, "", str(damage))
        return False
    except (struct.error, zlib.error, IndexError):
        faults.add("damaged-sav", path, "", "The file ends before its own header says.")
        return False
    return True


def _check(content: bytes) -> None:
    order = "<" if content[64:68] in (b"\2\0\0\0", b"\3\0\0\0") else ">"
    if struct.unpack_from(f"{order}i", content, 64)[0] not in (2, 3):
        raise _Damaged("The header is of no known form.")
    compression, _, n_cases = struct.unpack_from(f"{order}3i", content, 72)
    n_elements, start = _dictionary(content, order)
    if n_elements == 0:
        raise _Damaged("The file has no variables.")
    if n_cases * n_elements > MOST_ELEMENTS:
        raise _Damaged(f"The header tells of {n_cases} cases.")
    found = _count(content[start:], compression, order)
    if found % n_elements:
        raise _Damaged("The file ends within a case.")
    if n_cases not in (UNKNOWN_CASES, found // n_elements):
        raise _Damaged(f"The header tells of {n_cases} cases, and the file holds {found // n_elements}.")


def _dictionary(content: bytes, order: str) -> tuple[int, int]:
    """How many elements a case has, and where the cases begin."""

    def number(place: int) -> int:
        value: int = struct.unpack_from(f"{order}i", content, place)[0]
        return value

    def size(place: int) -> int:
        if (value := number(place)) < 0:
            raise _Damaged("A record of the header has a negative length.")
        return value

    n_elements, place = 0, HEADER_BYTES
    while (record := number(place)) != END:
        place += 4
        if record == VARIABLE:
            has_label, n_missing = number(place + 4), abs(number(place + 8))
            place += 28
            place += 4 + -(-size(place) // 4) * 4 if has_label else 0
            place += n_missing * ELEMENT
            n_elements += 1
        elif record == LABELS:
            n_labels, place = size(place), place + 4
            for _ in range(n_labels):
                place += ELEMENT + (content[place + ELEMENT] // 8 + 1) * 8
        elif record == LABELLED:
            place += 4 + 4 * size(place)
        elif record == DOCUMENT:
            place += 4 + 80 * size(place)
        elif record == EXTENSION:
            place += 12 + size(place + 4) * size(place + 8)
        else:
            raise _Damaged("The header has a record of no known kind.")
    return n_elements, place + 8


def _count(cases: bytes, compression: int, order: str) -> int:
    """How many elements the cases have together."""
    if compression == AS_IT_IS:
        if len(cases) % ELEMENT:
            raise _Damaged("The file ends within a case.")
        return len(cases) // ELEMENT
    if compression not in (BYTECODE, PACKED):
        raise _Damaged("The cases are packed in no known way.")
    return _count_in_bytecode(_unpacked(cases, order) if compression == PACKED else cases)


def _count_in_bytecode(cases: bytes) -> int:
    """Eight bytes each stand for an element, or for one that follows them."""
    n_elements = place = 0
    while place < len(cases):
        codes = cases[place : place + ELEMENT]
        is_last = END_OF_CASES in codes
        codes = codes.partition(bytes([END_OF_CASES]))[0]
        n_elements += sum(codes.translate(_IS_ELEMENT))
        place += ELEMENT + ELEMENT * codes.count(_FOLLOWED)
        if place > len(cases) and not (is_last and not codes.count(_FOLLOWED)):
            raise _Damaged("The file ends within a case.")
        if is_last:
            break
    return n_elements


def _unpacked(cases: bytes, order: str) -> bytes:
    """The bytecode of all blocks. Where they lie is said behind them; how long they are is counted, not believed."""
    offset, behind, length = struct.unpack_from(f"{order}3q", cases, 0)
    first, behind = 24, behind - offset
    if not first <= behind <= behind + length <= len(cases):
        raise _Damaged("The blocks of cases lie outside the file.")
    (n_blocks,) = struct.unpack_from(f"{order}i", cases, behind + 20)
    found, left = [], LARGEST_INFLATED_BYTES
    for number in range(n_blocks):
        _, where, _, packed = struct.unpack_from(f"{order}2q2i", cases, behind + 24 + 24 * number)
        block = zlib.decompressobj().decompress(cases[where - offset : where - offset + packed], left + 1)
        left -= len(block)
        if left < 0:
            raise _Damaged(f"The cases unpack to more than {LARGEST_INFLATED_BYTES // 1024**2} MB.")
        found.append(block)
    return b"".join(found)
