"""A text file decoded strictly: no guessing, no replaced characters."""

from __future__ import annotations

from pathlib import Path

from faults.errors import FaultList, line_place
from ingest.readers.files import LARGEST_FILE_BYTES, add_unreadable, is_plain_file

BYTE_ORDER_MARK = "\ufeff"


def read_bytes(path: Path, faults: FaultList, largest: int = LARGEST_FILE_BYTES) -> bytes | None:
    """The bytes of a file, or None with a fault: missing, no plain file, too large."""
    if not is_plain_file(path, faults, largest):
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        add_unreadable(path, error, faults)
        return None


def read_text(path: Path, encoding: str, faults: FaultList, largest: int = LARGEST_FILE_BYTES) -> str | None:
    """The text of a file, or None with a fault: missing, bytes that are not in the encoding, a NUL character."""
    content = read_bytes(path, faults, largest)
    if content is None:
        return None
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        _add_undecodable(path, content, encoding, error, faults)
        return None
    if "\0" in text:
        place = line_place(text.count("\n", 0, text.index("\0")) + 1)
        faults.add("nul-character", path, place, "There is a NUL character, which no text has.")
        return None
    if text.startswith(BYTE_ORDER_MARK):
        found = "The file begins with a byte order mark, which cannot be seen."
        faults.add("byte-order-mark", path, line_place(1), found)
        return text.removeprefix(BYTE_ORDER_MARK)
    return text


def _add_undecodable(path: Path, content: bytes, encoding: str, error: UnicodeDecodeError, faults: FaultList) -> None:
    place = line_place(error.object.count(b"\n", 0, error.start) + 1)
    found = f"The byte 0x{error.object[error.start]:02x} is not text in {encoding}."
    if error.end == len(error.object) and error.reason.startswith(("unexpected end", "truncated")):
        faults.add("cut-row", path, place, "The file ends in the middle of a character: it looks cut.")
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        faults.add("bytes-of-utf-16", path, place, found, encoding=encoding)
    else:
        faults.add("undecodable-bytes", path, place, found, encoding=encoding)
