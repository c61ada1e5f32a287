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
        _add_nul(path, text, faults)
        return None
    if text.startswith(BYTE_ORDER_MARK):
        _add_byte_order_mark(path, faults)
        return text.removeprefix(BYTE_ORDER_MARK)
    return text


def _add_undecodable(path: Path, content: bytes, encoding: str, error: UnicodeDecodeError, faults: FaultList) -> None:
    faults.add(
        "undecodable-bytes",
        path,
        line_place(error.object.count(b"\n", 0, error.start) + 1),
        found=f"The byte 0x{error.object[error.start]:02x} is not text in {encoding}.",
        expected=f"The whole file is {encoding} text.",
        advice=_encoding_advice(content),
    )


def _encoding_advice(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "The file looks like utf-16: save it as UTF-8, or for responses or weights set encoding in round.yml."
    return "It is perhaps cp1252: save the file as UTF-8, or for responses or weights set encoding in round.yml."


def _add_nul(path: Path, text: str, faults: FaultList) -> None:
    faults.add(
        "nul-character",
        path,
        line_place(text.count("\n", 0, text.index("\0")) + 1),
        found="There is a NUL character, which no text has.",
        expected="The file is plain text.",
        advice="The file is damaged, or in utf-16: fetch it again or save it as UTF-8.",
    )


def _add_byte_order_mark(path: Path, faults: FaultList) -> None:
    faults.add(
        "byte-order-mark",
        path,
        line_place(1),
        found="The file begins with a byte order mark, which cannot be seen.",
        expected="The file is UTF-8 without a byte order mark.",
        advice="Save it as UTF-8 without BOM, or for responses or weights set encoding to utf-8-sig in round.yml.",
    )
