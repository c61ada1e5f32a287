"""A published folder whose releases are files is taken over by the next publish, rollback or repair."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from publish.releases import folder, release
from store import backup, state
from store.paths import DataPaths
from tests.unit.publish.conftest import be_of_old_form

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
NAMES = {"current", "current.duckdb", "releases"}


@pytest.fixture
def old(paths: DataPaths, now: datetime, remark: Callable[[DataPaths, int], None]) -> DataPaths:
    """Three releases of three days, of which the second is current by a rollback."""
    for marker in (1, 2, 3):
        remark(paths, marker)
        release.publish(paths, now + marker * DAY, refresh_id=1)
    release.rollback(paths, now + 3 * DAY, 2)
    be_of_old_form(paths)
    return paths


def records(paths: DataPaths) -> list[state.ReleaseRecord]:
    with state.opened(paths) as memory:
        return state.releases(memory)


def markers(paths: DataPaths) -> dict[int, int]:
    """What is in each release that is on disk, by its number."""
    found = {}
    for number, file in state.release_files(paths.releases).items():
        with duckdb.connect(str(file), read_only=True) as connection:
            ((found[number],),) = connection.execute("select n from marts.dim_round").fetchall()
    return found


def test_every_kept_release_becomes_a_folder(old: DataPaths, now: datetime) -> None:
    """With its number, hash and time; DuckDB clients that have the file open keep it."""
    hashes = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in old.releases.iterdir()}
    before = records(old)
    assert (state.current_release(old), markers(old)) == (2, {1: 1, 2: 2, 3: 3}), "and can be asked until then"
    with duckdb.connect(str(old.current), read_only=True) as reader:
        release.repair(old, now + 4 * DAY)
        assert reader.execute("select n from marts.answer_distribution limit 1").fetchall() == [(2,)]
    assert {path.name for path in old.published.iterdir()} == NAMES
    assert {path.name for path in old.releases.iterdir()} == set(hashes)
    for each in old.releases.iterdir():
        assert folder.is_whole(each)
        assert hashlib.sha256((each / "current.duckdb").read_bytes()).hexdigest() == hashes[each.name]
    assert records(old) == before
    assert [record.sha256 for record in before] == [hashes[record.file] for record in before]
    assert state.current_release(old) == 2
    assert "release 2_" in (old.current_folder / "report" / "quality-koto.2023-01.en.md").read_text("utf-8")[:80]


def test_releases_of_before_are_gone_back_to_and_go_in_their_time(old: DataPaths, now: datetime) -> None:
    assert release.rollback(old, now + 4 * DAY, 3) == 3
    assert (old.current_folder / "csv" / "dim_county.csv").read_bytes() == b"id,n,share\n005,3,0.5\n020,3,\n"
    assert release.publish(old, now + 5 * DAY, refresh_id=1).number == 4
    assert sorted(markers(old)) == [1, 2, 3, 4]
    release.repair(old, now + 10 * DAY)
    assert sorted(markers(old)) == [2, 3, 4], "1 was superseded on day 2"
    release.repair(old, now + 13 * DAY)
    assert sorted(markers(old)) == [4]


def test_who_was_erased_is_counted_by_none_of_them(old: DataPaths, now: datetime) -> None:
    with state.opened(old) as memory:
        state.record_tombstone(memory, "koto", "t0", now + 4 * DAY)
    release.publish(old, now + 5 * DAY, refresh_id=1)
    assert sorted(markers(old)) == [4]
    assert {path.name for path in old.releases.iterdir()} == {old.current_folder.readlink().name}


def test_a_backup_of_before_is_restored(old: DataPaths, now: datetime, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(state, "STATE_VERSION", 3)
        saved = backup.backup(old, tmp_path, now).file
    other = DataPaths(tmp_path / "other")
    assert backup.restore(other, saved, now).last_release == 3
    assert [(record.number, "." in record.file) for record in records(other)] == [(1, False), (2, False), (3, False)]


def test_a_damaged_release_stops_nothing(old: DataPaths, now: datetime) -> None:
    (damaged,) = old.releases.glob("1_*")
    damaged.chmod(0o600)
    damaged.write_bytes(b"no database")
    assert release.publish(old, now + 4 * DAY, refresh_id=1).number == 4
    assert folder.is_whole(old.current_folder)
