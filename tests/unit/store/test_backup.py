"""Backup and restore: what is in one, what is refused, and that nothing is left behind."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import stat
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store import audit, backup, state
from store.backup import BackupRefused, restore
from store.lock import RefreshRunning, publish_lock, refresh_lock
from store.paths import DataPaths
from tests.acceptance.project import command, run

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data folder with a little of everything."""
    found = DataPaths(tmp_path / "data")
    for name in ("surveys/s/survey.yml", "surveys/s/rounds/2023/tiedosto ä.csv", "registry/a.csv", "alerts.yml"):
        (found.root / name).parent.mkdir(parents=True, exist_ok=True)
        (found.root / name).write_text(f"text of {name}", encoding="utf-8")
    (found.root / "surveys/s/rounds/2023/tiedosto ä.csv").chmod(0o600)
    found.prepare_private()
    (found.private / "answers").write_text("private", encoding="utf-8")
    found.releases.mkdir(parents=True)
    (found.state / "survey.key").write_bytes(b"\0\1\2")
    found.dagster_home.mkdir()
    with closing(sqlite3.connect(found.dagster_home / "runs.db")) as connection:
        connection.execute("create table t as select 1 as a")
        connection.commit()
    with state.opened(found) as memory:
        state.record_release(memory, state.ReleaseRecord(4, "4_0a1b2c3d.duckdb", "", "", NOW))
    audit.record(found, "refresh", outcome="published", release=4)
    return found


@pytest.fixture
def saved(paths: DataPaths, tmp_path: Path) -> Path:
    return backup.backup(paths, tmp_path / "b.tar.gz", NOW).file


def read(file: Path) -> Members:
    with tarfile.open(file) as archive:
        return [(member, (archive.extractfile(member) or io.BytesIO()).read()) for member in archive]


def write(file: Path, members: Members) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def inputs(paths: DataPaths) -> dict[str, bytes]:
    parts = [paths.root / part for part in backup.PARTS if part != "state"]
    files = [path for part in parts for path in [part, *part.rglob("*")] if path.is_file()]
    return {path.relative_to(paths.root).as_posix(): path.read_bytes() for path in files}


def test_what_is_in_a_backup(paths: DataPaths, saved: Path) -> None:
    names = [member.name for member, _ in read(saved)]
    assert names == [
        "surveys/s/rounds/2023/tiedosto ä.csv",
        "surveys/s/survey.yml",
        "registry/a.csv",
        "alerts.yml",
        "state/audit.jsonl",
        "state/audit.last",
        "state/dagster/runs.db",
        "state/state.sqlite",
        "state/survey.key",
        "manifest.json",
    ]
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert sorted(path.name for path in saved.parent.iterdir()) == ["b.tar.gz", "data"]
    *_, last = audit.read(paths)
    assert (last.action, last.details["file"], last.details["files"]) == ("backup", "b.tar.gz", 9)


def test_restored_is_what_was_backed_up(paths: DataPaths, saved: Path, tmp_path: Path) -> None:
    other = DataPaths(tmp_path / "other")
    other.root.mkdir()
    found = restore(other, saved, NOW)
    assert (found.n_files, found.last_release, found.made_at) == (9, 4, NOW)
    assert inputs(other) == inputs(paths)
    assert (other.state / "survey.key").read_bytes() == b"\0\1\2"
    assert stat.S_IMODE(other.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((other.root / "surveys/s/rounds/2023/tiedosto ä.csv").stat().st_mode) == 0o600
    with state.opened(other) as memory:
        assert state.next_release_number(memory, other.releases) == 5
    assert [entry.action for entry in audit.read(other)] == ["refresh", "restore"]
    assert audit.faults(other) == []
    assert not other.warehouse.exists() and not other.published.exists()


def test_numbers_go_on_after_a_release_that_the_backup_does_not_know(paths: DataPaths, saved: Path) -> None:
    other = DataPaths(paths.root.with_name("other"))
    restore(other, saved, NOW, last_release=9)
    with state.opened(other) as memory:
        assert state.next_release_number(memory, other.releases) == 10


def test_a_database_is_copied_while_another_writes_to_it(paths: DataPaths, tmp_path: Path) -> None:
    """What is committed is in the copy, what is not is not, and no side file is needed."""
    with closing(sqlite3.connect(paths.dagster_home / "runs.db")) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("insert into t values (2)")
        writer.commit()
        writer.execute("insert into t values (3)")
        file = backup.backup(paths, tmp_path, NOW).file
        assert list(paths.dagster_home.glob("runs.db-*"))
    assert file.name == "kuntakysely_20261127T060000Z.tar.gz"
    other = DataPaths(tmp_path / "other")
    restore(other, file, NOW)
    assert [path.name for path in other.dagster_home.iterdir()] == ["runs.db"]
    with closing(sqlite3.connect(other.dagster_home / "runs.db")) as reader:
        assert reader.execute("select a from t order by a").fetchall() == [(1,), (2,)]


def test_bytes_copied_beside_sqlite_would_be_seen(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: databases taken as files lose what lies in the log beside them."""
    monkeypatch.setattr(backup, "_is_database", lambda _: False)
    with pytest.raises(AssertionError):
        test_a_database_is_copied_while_another_writes_to_it(paths, tmp_path)


def damaged(change: Callable[[bytearray], object]) -> Callable[[Path], None]:
    def harm(file: Path) -> None:
        content = bytearray(file.read_bytes())
        change(content)
        file.write_bytes(content)

    return harm


def rewritten(change: Callable[[Members], Members]) -> Callable[[Path], None]:
    return lambda file: write(file, change(read(file)))


def added(name: str, **about: Any) -> Callable[[Path], None]:
    def change(members: Members) -> Members:
        member = tarfile.TarInfo(name)
        for key, value in about.items():
            setattr(member, key, value)
        return [*members[:-1], (member, b""), members[-1]]

    return rewritten(change)


def manifest(**change: Any) -> Callable[[Path], None]:
    def rewrite(members: Members) -> Members:
        about, content = members[-1]
        return [*members[:-1], (about, json.dumps(json.loads(content) | change).encode())]

    return rewritten(rewrite)


def other_content(members: Members) -> Members:
    (about, content), *rest = members
    return [(about, content.swapcase()), *rest]


def a_far_bigger_file(file: Path) -> None:
    file.write_bytes(gzip.compress(b"\0" * 50_000_000))


HARMS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut in the middle": (damaged(lambda c: c.__delitem__(slice(len(c) // 2, None))), "is no whole backup"),
    "cut before its last byte": (damaged(lambda c: c.__delitem__(slice(-1, None))), "is no whole backup"),
    "a byte of the packed content": (damaged(lambda c: c.__setitem__(len(c) // 2, c[len(c) // 2] ^ 0x55)), ""),
    "a byte of its checksum": (damaged(lambda c: c.__setitem__(-6, c[-6] ^ 1)), "CRC check failed"),
    "empty": (damaged(lambda c: c.clear()), "is no whole backup"),
    "text": (damaged(lambda c: c.__setitem__(slice(None), b"hello")), "Not a gzipped file"),
    "a bomb of nothing": (a_far_bigger_file, "no manifest"),
    "other content under the old hash": (rewritten(other_content), "not as backed up are 'surveys/s/rounds"),
    "a file missing": (rewritten(lambda m: m[1:]), "not as backed up"),
    "a file too many": (added("surveys/s/more.csv"), "not as backed up are 'surveys/s/more.csv'"),
    "a file twice": (rewritten(lambda m: [m[0], *m]), "is not of one"),
    "no manifest": (rewritten(lambda m: m[:-1]), "has no manifest"),
    "something after the manifest": (rewritten(lambda m: [*m, m[0]]), "is not of one"),
    "a name that leads out": (added("surveys/../../out.csv"), "is not of one"),
    "an absolute name": (added("/tmp/out.csv"), "is not of one"),
    "a name with a new line": (added("surveys/a\nb.csv"), r"surveys/a\nb.csv"),
    "a foreign archive": (rewritten(lambda _: [(tarfile.TarInfo("etc/passwd"), b"root")]), "'etc/passwd' is not of"),
    "a symbolic link": (added("surveys/s/l", type=tarfile.SYMTYPE, linkname="../../../out"), "is not of one"),
    "a hard link": (added("surveys/s/l", type=tarfile.LNKTYPE, linkname="state/survey.key"), "is not of one"),
    "a device": (added("surveys/s/l", type=tarfile.CHRTYPE), "is not of one"),
    "another format": (manifest(format=2), "another version of the program"),
    "a newer state": (manifest(state_version=99), "another version of the program"),
    "a manifest of other types": (manifest(files=3), "manifest cannot be read"),
    "a manifest that is none": (rewritten(lambda m: [*m[:-1], (m[-1][0], b"[" * 100_000)]), "cannot be read"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_that_is_not_whole_is_refused(
    saved: Path, tmp_path: Path, harm: str, record_property: Callable[[str, Any], None]
) -> None:
    """In one sentence, and nothing is left behind."""
    change, said = HARMS[harm]
    change(saved)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupRefused) as refused:
        restore(DataPaths(tmp_path / "other"), saved, NOW)
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert sorted(tmp_path.iterdir()) == before
    record_property("tried", ["damaged and foreign backups", "refused", 1])


def test_a_restore_that_compares_nothing_would_be_seen(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: with hashes that are always the same, other content goes in unseen."""
    monkeypatch.setattr(backup._Hashed, "sha256", "same")
    saved = backup.backup(paths, tmp_path / "b.tar.gz", NOW).file
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_backup_that_is_not_whole_is_refused(saved, tmp_path, "other content under the old hash", lambda *_: None)


def test_limits(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "MAX_BYTES", 1000)
    with pytest.raises(BackupRefused, match="holds more than a backup does"):
        restore(DataPaths(tmp_path / "other"), saved, NOW)


def test_a_folder_that_is_not_empty_is_left_alone(paths: DataPaths, saved: Path) -> None:
    before = inputs(paths)
    with pytest.raises(BackupRefused, match="is not empty"):
        restore(paths, saved, NOW)
    assert inputs(paths) == before


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("data/surveys/s/b.tar.gz", "a part of itself"),
        ("data/state", "a part of itself"),
        ("b.zip", "cannot be a backup"),
        ("nowhere/b.tar.gz", "cannot be a backup"),
        ("there.tar.gz", "is there already"),
    ],
)
def test_a_place_that_cannot_be(paths: DataPaths, tmp_path: Path, to: str, said: str) -> None:
    (tmp_path / "there.tar.gz").touch()
    with pytest.raises(BackupRefused, match=said):
        backup.backup(paths, tmp_path / to, NOW)


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/etc/passwd"), os.mkfifo])
def test_what_is_no_file_is_not_backed_up_in_silence(
    paths: DataPaths, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(paths.surveys / "s" / "odd")
    with pytest.raises(BackupRefused, match="odd is a link or a device"):
        backup.backup(paths, tmp_path / "b.tar.gz", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_damaged_state_is_not_backed_up_over_a_sound_one(paths: DataPaths, tmp_path: Path) -> None:
    file = paths.dagster_home / "runs.db"
    file.write_bytes(file.read_bytes()[:100] + os.urandom(5000))
    with pytest.raises(BackupRefused, match=r"runs\.db is damaged"):
        backup.backup(paths, tmp_path / "b.tar.gz", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.slow
@pytest.mark.parametrize("lock", [refresh_lock, publish_lock])
def test_none_while_another_is_at_work(paths: DataPaths, tmp_path: Path, lock: Callable[..., Any]) -> None:
    with lock(paths, NOW):
        done = run(paths, command("backup", str(tmp_path / "b.tar.gz")))
    assert (done.returncode, "is running: process" in done.stdout) == (3, True), done.stdout
    assert not (tmp_path / "b.tar.gz").exists()
    with pytest.raises(RefreshRunning), lock(paths, NOW):
        backup.backup(paths, tmp_path / "b.tar.gz", NOW)


def test_a_full_disk_leaves_nothing(paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_add_manifest", full)
    with pytest.raises(BackupRefused, match=r"b\.tar\.gz: No space left on device"):
        backup.backup(paths, tmp_path / "b.tar.gz", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_a_killed_backup_left_is_swept_by_the_next(paths: DataPaths, tmp_path: Path) -> None:
    script = (
        "import os, sys; from datetime import UTC, datetime\n"
        "from store import backup; from store.paths import DataPaths\n"
        "backup._add_manifest = lambda *_: os.kill(os.getpid(), 9)\n"
        "backup.backup(DataPaths.resolve(), backup.Path(sys.argv[1]), datetime.now(UTC))"
    )
    done = run(paths, [sys.executable, "-c", script, str(tmp_path / "b.tar.gz")])
    assert (done.returncode, len([*tmp_path.iterdir()])) == (-9, 2)
    backup.backup(paths, tmp_path / "b.tar.gz", NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "data"]


@pytest.mark.slow
def test_the_command_line_says_what_it_did(paths: DataPaths, tmp_path: Path) -> None:
    done = run(paths, command("backup", str(tmp_path / "b.tar.gz")))
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'b.tar.gz'}: 9 files, as of release 4.\n")
    again = run(paths, command("restore", str(tmp_path / "b.tar.gz")))
    assert (again.returncode, "is not empty" in again.stdout, "Traceback" in again.stdout) == (2, True, False)
    other = run(paths, command("restore", str(tmp_path / "b.tar.gz"), "--data", str(tmp_path / "other")))
    assert (other.returncode, "publishes release 5" in other.stdout) == (0, True), other.stdout
