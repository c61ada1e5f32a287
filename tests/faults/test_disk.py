"""A disk that runs full: one sentence for the person, the release stands, and the next refresh works by itself."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from orchestration.alerts.composing import alerts_of
from orchestration.dagster.session import Session
from store.audit import current_user
from store.disk import DiskTrouble, disk_trouble, disk_watched, trouble_in
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.faults.tiny import contents

# A folder that was refreshed once, what the next refresh writes beside it before the old goes, and room for both.
FOLDERS_ON_DISK = 3
FREE_IN_TEST, FREE_IN_SOAK = ("30",), ("0.05", "1", "3", "6", "10", "18", "24", "30")
MOUNT = 'mount -t tmpfs -o size={size} tmpfs "$1" && shift && exec "$@"'

PUBLISHED = tuple(mart.name for mart in published_marts())


@pytest.fixture
def on_small_disk(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Run small_disk.py where a folder is a file system of its own; what it says."""

    def run(data: DataPaths, shim: Path, *megabytes: str) -> list[dict[str, Any]]:
        disk = tmp_path / "disk"
        disk.mkdir()
        size = FOLDERS_ON_DISK * sum(file.lstat().st_size for file in data.root.rglob("*") if not file.is_dir())
        unshare = shutil.which("unshare")
        if unshare is None:
            pytest.fail("`unshare` (util-linux) is not here, so no small disk can be made: install it.")
        done = subprocess.run(
            [
                unshare, "--map-root-user", "--mount", "sh", "-c", MOUNT.format(size=size), "sh", str(disk),
                sys.executable, "-m", "tests.faults.small_disk", str(data.root), str(disk), str(shim), *megabytes,
            ],
            cwd=PROJECT_ROOT, text=True, check=False, capture_output=True,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"No small disk could be made, or what runs on it failed, so nothing was tried:\n{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def is_told_once(said: str) -> bool:
    """One sentence says that a disk is full, how much is free and what to do; nothing says it in another way."""
    n_told = sum("is full: " in line and "Make room there and run" in line for line in said.splitlines())
    raw = ("Traceback", "No space left", "database or disk is full", "disk I/O error", "sqlalche.me", "IO Error")
    return n_told == 1 and not any(words in said for words in raw)


def test_a_full_disk_is_told_and_the_next_refresh_works_alone(
    published: DataPaths,
    shim: Path,
    on_small_disk: Callable[..., list[dict[str, Any]]],
    is_soak: bool,
    record_property: Callable[[str, object], None],
) -> None:
    """When there is room again, the clock has moved back by a year, and the machine to the other side of the date line.
    The next release is made all the same; its tables are those of the first: what changed is a spelling of nobody."""
    before = {name: list(signature) for name, signature in contents(published.current, PUBLISHED).items()}
    *full, after = on_small_disk(published, shim, *(FREE_IN_SOAK if is_soak else FREE_IN_TEST))
    for each in full:
        assert (each["code"], each["number"], each["tables"]) == (1, 1, before), each["said"]
        assert is_told_once(each["said"]), each["said"]
        record_property("tried", ["refreshes on a full disk", "told in one sentence, release stands", 1])
    assert (after["code"], after["number"], after["tables"]) == (0, 2, before), after["said"]
    assert after["created_at"] < full[0]["created_at"], "the clock was moved back"


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path / "data")
    found.private.mkdir(parents=True)
    return found


def test_every_library_has_its_own_words_for_a_full_disk(paths: DataPaths) -> None:
    for error in (
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(paths.warehouse_file)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), str(paths.warehouse_file)),
        duckdb.IOException(f'IO Error: Could not write file "{paths.warehouse_file}": No space left on device'),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("Great Expectations ended with code 1:\nIO Error: No space left on device"),
    ):
        said = disk_trouble(error, paths)
        assert said is not None
        assert " MB are free. Make room there" in said
        assert ("data/warehouse/private is" in said) == (str(paths.warehouse_file) in str(error))


def test_a_broken_disk_is_told_apart_where_there_is_room(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says `disk I/O error` of both."""
    error = sqlite3.OperationalError("disk I/O error")
    assert "Have the disk looked at" in str(disk_trouble(error, paths))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100_000_000, 99_000_000, 1_000_000))
    assert "is full: 1.0 MB of 100.0 MB are free" in str(disk_trouble(error, paths))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), "data is read-only: nothing can be written there"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "data is read-only: "),
        (duckdb.IOException('IO Error: Cannot open file "w": Read-only file system'), "data is read-only: "),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), f"data is not open to the user {current_user()}. "),
        (PermissionError(errno.EPERM, os.strerror(errno.EPERM)), f"data is not open to the user {current_user()}. "),
        (duckdb.IOException('IO Error: Cannot open file "w": Permission denied'), "data is not open to the user "),
    ],
)
def test_a_folder_that_is_not_to_be_written_to_is_told(paths: DataPaths, error: Exception, said: str) -> None:
    assert str(disk_trouble(error, paths)).startswith(said)
    assert str(disk_trouble(error, paths)).endswith("run it again. The release that readers have is whole.")


def test_too_little_memory_is_told(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNTAKYSELY_MEMORY", "20MB")
    with pytest.raises(duckdb.OutOfMemoryException) as caught, opened(paths.warehouse_file) as connection:
        connection.execute("select list(range) from range(10_000_000)")
    assert disk_trouble(caught.value, paths) == (
        "DuckDB needed more than the 20MB of memory that it may hold. Let it hold more, as in KUNTAKYSELY_MEMORY=40MB "
        "where there is as much, and run it again. The release that readers have is whole."
    )


def test_a_damaged_history_of_dagster_is_told(paths: DataPaths) -> None:
    file = paths.dagster_home / "runs.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all " * 100)
    with pytest.raises(DatabaseError) as caught, create_engine(f"sqlite:///{file}").connect() as connection:
        connection.execute(text("select 1 from runs"))
    assert "history in data/state/dagster is damaged. Move that folder away" in str(disk_trouble(caught.value, paths))


def test_an_error_is_known_by_what_it_came_of(paths: DataPaths) -> None:
    with pytest.raises(DiskTrouble, match="is full") as caught, disk_watched(paths):
        try:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise RuntimeError("the step failed") from error
    assert disk_trouble(caught.value, paths) == str(caught.value), "and is not told of twice"


def test_other_errors_stay_as_they_are(paths: DataPaths) -> None:
    assert trouble_in("Parser Error: syntax error at or near 'full'", paths) is None
    with pytest.raises(FileNotFoundError), disk_watched(paths):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def test_an_alert_says_the_same(paths: DataPaths) -> None:
    session = Session(paths, 1, None, date(2026, 11, 22))
    with pytest.raises(DiskTrouble) as caught, disk_watched(paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    session.note_error(caught.value)
    session.note_error(ValueError("said later"), " in a later step")
    (alert,) = alerts_of(session)
    assert f"Nothing was published: {caught.value}\n" in alert.text


@pytest.mark.parametrize(
    "said",
    [
        "Release 2 of 2026-11-22",
        "OSError: [Errno 28] No space left on device",
        "The disk of data is full: 0.1 MB of 9.0 MB are free. Make room there and run it.\nTraceback (most recent call",
        "The disk of data is full: 0.1 MB of 9.0 MB are free. Make room there and run it.\n" * 2,
    ],
)
def test_a_full_disk_that_is_swallowed_or_told_raw_is_found_out(said: str) -> None:
    assert not is_told_once(said)
