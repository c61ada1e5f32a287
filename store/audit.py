"""The audit log: what was done to the data, by whom and when. A line per act, never a value of an answer.

Lines are only ever added. Each carries a hash over the hash of the line before it and its own text, and the hash of the
last line is kept beside the log: a line that is changed or removed, the last one too, is seen.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faults.errors import Fault, FaultList, line_place
from store.durable import write_whole
from store.fingerprint import sha256_of
from store.paths import DataPaths

Detail = str | int | bool | None | Sequence[str]

LINE = re.compile(rb'(\{.*), "sha256": "([0-9a-f]{64})"\}')
BEFORE_THE_FIRST = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of the log; details has what the act was done to and what came of it."""

    line: int
    at: datetime
    who: str
    action: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line as it lies in the file; without hash where it is not one of ours, as a write that was cut off."""

    number: int
    body: bytes
    sha256: str

    def follows(self, before: str) -> bool:
        return self.sha256 == sha256_of(before, self.body)


def record(paths: DataPaths, action: str, **details: Detail) -> None:
    """Add a line, on the disk when this returns. Details are names and numbers: a survey, a round, a release, an
    outcome. Raises OSError when it cannot be written."""
    paths.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(paths.audit_file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.fchmod(descriptor, 0o600)
        content = paths.audit_file.read_bytes()
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = {"at": now, "who": current_user(), "action": action} | details
        body = json.dumps(entry).encode()[:-1]
        sha256 = sha256_of(_hash_to_follow(paths, _lines(content)), body)
        line = b'%s, "sha256": "%s"}\n' % (body, sha256.encode())
        cut_off = content and not content.endswith(b"\n")
        _write(descriptor, b"\n" + line if cut_off else line)
        os.fsync(descriptor)
        # After its line: a power cut in between leaves the hash of the line before, which is in the log too.
        write_whole(_last_file(paths), sha256.encode())
    finally:
        os.close(descriptor)


def read(paths: DataPaths) -> list[Entry]:
    """Every line that is whole, oldest first."""
    return [_entry(line) for line in _lines(_content(paths)) if line.sha256]


def cut_off(paths: DataPaths) -> list[int]:
    """The numbers of lines that are none: their writing was cut off, as by a loss of power. No act is behind them that
    the chain misses: a line that was whole once and is not any more is a fault of the line after it."""
    return [line.number for line in _lines(_content(paths)) if not line.sha256]


def faults(paths: DataPaths) -> list[Fault]:
    """Where the chain breaks: what was changed, put in or taken away since it was written."""
    found, lines = FaultList(paths.shown), [line for line in _lines(_content(paths)) if line.sha256]
    before = BEFORE_THE_FIRST
    for line in lines:
        if not line.follows(before):
            said = "The hash does not follow from the line before and this one."
            found.add("audit-chain-broken", paths.audit_file, line_place(line.number), said)
        before = line.sha256
    last = _last_kept(paths)
    if last not in {line.sha256 for line in lines} and (last != BEFORE_THE_FIRST or len(lines) > 1):
        said = f"No line has the hash that {_last_file(paths).name} keeps of the last one."
        found.add("audit-end-missing", paths.audit_file, "end", said)
    return list(found)


def current_user() -> str:
    """The user of the operating system, and who became it where sudo says so."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as a number without a name
        name = f"user {number}"
    behind = os.environ.get("SUDO_USER")
    return f"{behind} as {name}" if behind else name


def _hash_to_follow(paths: DataPaths, lines: Sequence[Line]) -> str:
    """The hash of the last line; where that line is gone, the hash kept of it: the gap stays to be seen."""
    hashes = [line.sha256 for line in lines if line.sha256]
    last = _last_kept(paths)
    return hashes[-1] if hashes and last in (*hashes, BEFORE_THE_FIRST) else last


def _last_file(paths: DataPaths) -> Path:
    return paths.audit_file.with_suffix(".last")


def _last_kept(paths: DataPaths) -> str:
    file = _last_file(paths)
    return file.read_text(encoding="ascii", errors="replace") if file.exists() else BEFORE_THE_FIRST


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _content(paths: DataPaths) -> bytes:
    return paths.audit_file.read_bytes() if paths.audit_file.exists() else b""


def _lines(content: bytes) -> list[Line]:
    lines = []
    for number, text in enumerate(content.split(b"\n"), 1):
        match = LINE.fullmatch(text)
        if match and _is_entry(text):
            lines.append(Line(number, match[1], match[2].decode()))
        elif text:
            lines.append(Line(number, text, ""))
    return lines


def _is_entry(text: bytes) -> bool:
    try:
        entry = json.loads(text)
        return isinstance(datetime.fromisoformat(entry["at"]), datetime) and {"who", "action"} <= entry.keys()
    except (ValueError, KeyError, TypeError):
        return False


def _entry(line: Line) -> Entry:
    entry = json.loads(line.body + b"}")
    at, who, action = datetime.fromisoformat(entry.pop("at")), entry.pop("who"), entry.pop("action")
    return Entry(line.number, at, str(who), str(action), entry)
