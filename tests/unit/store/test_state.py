"""The private state and the locks."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from store import lock, state
from store.paths import PROJECT_ROOT, DataPaths

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

HOLDER = """
import sys, pathlib, time
from datetime import UTC, datetime
from store.lock import refresh_lock
from store.paths import DataPaths
with refresh_lock(DataPaths(pathlib.Path(sys.argv[1])), datetime(2026, 11, 22, 6, 0, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


def outcome(status: str, check_id: str = "c") -> state.CheckOutcome:
    return state.CheckOutcome("koto", "2023-01", check_id, status, None, None)


def test_is_for_its_owner_only(paths: DataPaths) -> None:
    with state.opened(paths):
        assert stat.S_IMODE(paths.state_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(paths.state.stat().st_mode) == 0o700


def test_waits_for_the_disk_and_keeps_no_second_file(paths: DataPaths) -> None:
    with state.opened(paths) as memory:
        assert memory.execute("pragma journal_mode").fetchone() == ("delete",)
        assert memory.execute("pragma synchronous").fetchone() == (2,)


def test_a_newer_state_is_refused(paths: DataPaths) -> None:
    with state.opened(paths):
        pass
    with sqlite3.connect(paths.state_file) as newer:
        newer.execute("pragma user_version = 7")
    newer.close()
    with (
        pytest.raises(state.StateTooNew, match=r"data/state/state.sqlite: written as state version 7.* up to 4"),
        state.opened(paths),
    ):
        pass


def test_an_older_state_is_kept_and_gets_what_it_lacks(paths: DataPaths) -> None:
    with state.opened(paths) as memory:
        state.begin_refresh(memory, NOW, "fp1")
        state.record_release(memory, state.ReleaseRecord(1, "1_0123abcd.duckdb", "0123abcd", "fp1", NOW))
        memory.execute("drop table tombstones")
        memory.execute("drop table published_rows")
        memory.execute("pragma user_version = 1")
    with state.opened(paths) as memory:
        assert state.tombstones(memory, "s") == []
        last = state.last_refresh(memory)
        assert last is not None
        assert last.fingerprint == "fp1"
        assert [release.file for release in state.releases(memory)] == ["1_0123abcd"]


def test_a_refresh_is_remembered_from_its_beginning(paths: DataPaths) -> None:
    with state.opened(paths) as memory:
        assert state.last_refresh(memory) is None
        first = state.begin_refresh(memory, NOW, "fp1")
        assert state.last_refresh(memory) == state.Refresh(first, NOW, None, "fp1", "running", None, "")
        state.end_refresh(memory, first, NOW + HOUR, "published", 4, "signature")
        second = state.begin_refresh(memory, NOW + 2 * HOUR, "fp2")
    with state.opened(paths) as memory:
        assert state.last_refresh(memory, "published") == state.Refresh(
            first, NOW, NOW + HOUR, "fp1", "published", 4, "signature"
        )
        assert state.last_refresh(memory, "published", "running") == state.last_refresh(memory)
        assert state.fingerprint_of(memory, second) == "fp2"
        assert state.fingerprint_of(memory, 99) == ""


def test_times_are_kept_in_utc(paths: DataPaths) -> None:
    helsinki = NOW.astimezone(timezone(2 * HOUR))
    with state.opened(paths) as memory:
        state.begin_refresh(memory, helsinki, "fp")
        assert memory.execute("select started_at from refreshes").fetchone() == ("2026-11-22T06:00:00.000000+00:00",)
        with pytest.raises(ValueError, match="no time zone"):
            state.begin_refresh(memory, NOW.replace(tzinfo=None), "fp")


def test_ledger_keeps_every_line(paths: DataPaths) -> None:
    line = state.IngestedFile(NOW, "registry/areas.csv", "ab12", "registry", None, None, 20)
    again = state.IngestedFile(NOW + HOUR, "registry/areas.csv", "cd34", "registry", None, None, 21)
    with state.opened(paths) as memory:
        state.record_files(memory, [line])
        state.record_files(memory, [again])
        assert state.ingested_files(memory) == [line, again]


@pytest.mark.parametrize(
    ("statuses", "failing_since"),
    [
        ("fail", 0),
        ("fail fail fail", 0),
        ("pass fail fail", 1),
        ("fail pass fail", 2),
        ("fail not_computable fail", 2),
        ("fail pass", None),
        ("pass", None),
    ],
)
def test_first_seen(paths: DataPaths, statuses: str, failing_since: int | None) -> None:
    with state.opened(paths) as memory:
        refresh_id = state.begin_refresh(memory, NOW, "fp")
        for hour, status in enumerate(statuses.split()):
            state.record_checks(memory, refresh_id, NOW + hour * HOUR, [outcome(status), outcome("pass", "other")])
        found = state.first_seen(memory)
    expected = {} if failing_since is None else {("koto", "2023-01", "c"): NOW + failing_since * HOUR}
    assert found == expected


def test_what_failed_before_is_of_the_last_refresh_that_ended(paths: DataPaths) -> None:
    """One that was killed has told nobody, and one that ended before its checks says nothing of them."""
    with state.opened(paths) as memory:
        seen = []
        for statuses, ended in (("fail pass", "refused"), ("pass fail", "running"), ("", "failed"), ("fail fail", "")):
            refresh_id = state.begin_refresh(memory, NOW, "fp")
            outcomes = [outcome(status, check_id) for status, check_id in zip(statuses.split(), "cd", strict=False)]
            state.record_checks(memory, refresh_id, NOW, outcomes)
            seen.append({check_id for _, _, check_id in state.failed_before(memory)})
            if ended not in ("", "running"):
                state.end_refresh(memory, refresh_id, NOW, ended)  # type: ignore[arg-type]
    assert seen == [set(), {"c"}, {"c"}, {"c"}]


def test_next_number_is_past_the_state_and_past_the_files(paths: DataPaths) -> None:
    paths.releases.mkdir(parents=True)
    with state.opened(paths) as memory:
        assert state.next_release_number(memory, paths.releases) == 1
        (paths.releases / "8_0123abcd.duckdb").touch()
        for name in ("9_0123abcd", "70", ".80_0123abcd"):
            (paths.releases / name).mkdir()
            (paths.releases / name / "current.duckdb").touch()
        assert state.next_release_number(memory, paths.releases) == 10
        state.record_release(memory, state.ReleaseRecord(12, "12_0123abcd", "", "", NOW))
        assert state.next_release_number(memory, paths.releases) == 13


def test_one_release_is_current_and_the_others_superseded_once(paths: DataPaths) -> None:
    with state.opened(paths) as memory:
        for number in (1, 2, 3):
            state.record_release(memory, state.ReleaseRecord(number, "", "", "", NOW))
            state.record_current(memory, number, NOW + number * HOUR, "publish")
        state.record_current(memory, 3, NOW + 9 * HOUR, "repair")
        assert [record.superseded_at for record in state.releases(memory)] == [
            NOW + 2 * HOUR,
            NOW + 3 * HOUR,
            None,
        ]
        assert state.current_history(memory) == [(NOW + number * HOUR, number, "publish") for number in (1, 2, 3)]


def test_light_on_imports() -> None:
    code = "import sys, store.state, store.lock; print(sorted({'duckdb', 'pandas', 'pyarrow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_lock_names_its_holder_and_dies_with_it(paths: DataPaths) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(paths.root)], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(lock.RefreshRunning) as caught, lock.refresh_lock(paths, NOW):
        pass
    assert (caught.value.pid, caught.value.started_at) == (holder.pid, "2026-11-22T06:00:00+00:00")
    assert f"process {holder.pid}, started 2026-11-22T06:00:00+00:00 (data/state/refresh.lock)" in str(caught.value)
    holder.kill()
    holder.communicate()
    with lock.refresh_lock(paths, NOW):
        pass


def test_lock_without_a_note_is_still_a_lock(paths: DataPaths) -> None:
    with lock.refresh_lock(paths, NOW):
        paths.lock_file.write_bytes(b"")
        with pytest.raises(lock.RefreshRunning, match="process unknown"), lock.refresh_lock(paths, NOW):
            pass


def test_a_publish_may_run_inside_a_refresh(paths: DataPaths) -> None:
    with lock.refresh_lock(paths, NOW), lock.publish_lock(paths, NOW):
        assert paths.lock_file.exists()


def test_a_damaged_state_is_said_in_words(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    paths.state.mkdir(parents=True)
    paths.state_file.write_bytes(b"no database at all " * 100)
    with pytest.raises(state.StateDamaged, match=r"data/state/state\.sqlite is damaged"), state.opened(paths):
        pass


def test_a_state_of_which_a_part_is_damaged_is_said_in_words(tmp_path: Path) -> None:
    """The head of the file is whole: what is wrong shows when it is read."""
    paths = DataPaths(tmp_path / "data")
    with state.opened(paths):
        pass
    content = paths.state_file.read_bytes()
    paths.state_file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(state.StateDamaged, match=r"The release that readers have is whole"), state.opened(paths) as it:
        state.releases(it)
