"""One at a time: a lock on a file that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from faults.told import ExitCode, ToldError
from store.paths import DataPaths

NOTE_BYTES = 4096  # more than a note has


class RefreshRunning(ToldError):
    """Another process holds the lock; says which and since when."""

    exit_code = ExitCode.RUNNING

    def __init__(self, work: str, file: str, pid: int | None, started_at: str | None) -> None:
        self.pid = pid
        self.started_at = started_at
        super().__init__(
            f"another {work} is running: process {pid or 'unknown'}, started {started_at or 'a moment ago'} ({file}). "
            "Wait until it ends, or end that process."
        )


@contextmanager
def refresh_lock(paths: DataPaths, now: datetime) -> Iterator[None]:
    """Hold the right to refresh. Raises RefreshRunning when another process has it."""
    with _held(paths, paths.lock_file, "refresh", now):
        yield


@contextmanager
def publish_lock(paths: DataPaths, now: datetime) -> Iterator[None]:
    """Hold the right to change what is published; a lock of its own, for publish runs inside a refresh too."""
    with _held(paths, paths.state / "publish.lock", "publish or rollback", now):
        yield


@contextmanager
def _held(paths: DataPaths, file: Path, work: str, now: datetime) -> Iterator[None]:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefreshRunning(work, paths.shown(file), *_read_note(descriptor)) from None
        _write_note(descriptor, now)
        yield
    finally:
        os.close(descriptor)


def _write_note(descriptor: int, now: datetime) -> None:
    started_at = now.astimezone(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "started_at": started_at}).encode(), 0)


def _read_note(descriptor: int) -> tuple[int | None, str | None]:
    """The holder's note; nothing when it has the lock but has not written yet."""
    try:
        note = json.loads(os.pread(descriptor, NOTE_BYTES, 0))
    except ValueError:
        return None, None
    return note["pid"], note["started_at"]
