"""Clocks that go wrong, and the days on which they are put back and forward."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publish.releases import release
from store import state
from store.days import local_day
from store.paths import DataPaths
from tests.faults import tiny
from tests.faults.shim import CLOCK_OFFSET
from tests.rendered import rendered

YEAR, DAY = timedelta(days=365), timedelta(days=1)
ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns")
# A moment in UTC, and its day in Finland: around both changes of the clock, and at the end of the year.
DAYS = (
    ("2024-03-30 21:59:59", "2024-03-30"),
    ("2024-03-30 22:00:00", "2024-03-31"),
    ("2024-03-31 20:59:59", "2024-03-31"),
    ("2024-03-31 21:00:00", "2024-04-01"),
    ("2024-10-26 21:00:00", "2024-10-27"),
    ("2024-10-27 21:59:59", "2024-10-27"),
    ("2024-10-27 22:00:00", "2024-10-28"),
    ("2024-12-31 21:59:59", "2024-12-31"),
    ("2024-12-31 22:00:00", "2025-01-01"),
)

# The days of moments, as a model of the warehouse computes them in a process of its own.
IN_SQL = """
import duckdb, sys
days = duckdb.sql(sys.stdin.read()).fetchall()
print(*(day for (day,) in days))
"""


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_those_of_finland_wherever_the_machine_is(zone: str) -> None:
    assert [str(local_day(datetime.fromisoformat(f"{moment}+00:00"))) for moment, _ in DAYS] == [day for _, day in DAYS]
    day = rendered("{{ local_date('moment', 'zone') }}")
    moments = ", ".join(f"(timestamp '{moment}', 'Europe/Helsinki')" for moment, _ in DAYS)
    done = subprocess.run(
        [sys.executable, "-c", IN_SQL], input=f"select {day} from (values {moments}) as t (moment, zone)",
        env=os.environ | {"TZ": zone}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [day for _, day in DAYS]


def publishes(paths: DataPaths, moments: Sequence[datetime]) -> list[int]:
    """The numbers of releases published at these moments, each with another marker."""
    tiny.build(paths, 0)
    numbers = []
    for marker, moment in enumerate(moments, 1):
        tiny.mark(paths, marker)
        numbers.append(release.publish(paths, moment, 1).number)
        assert tiny.number_of(paths.current) == numbers[-1]
    return numbers


@pytest.mark.usefixtures("small")
def test_a_clock_that_moves_back_and_forth_takes_no_release_too_early(tmp_path: Path) -> None:
    """The third release is made with the clock a year back, the fourth when it is right again. None was superseded for
    as long as readers may hold it."""
    paths = DataPaths(tmp_path / "data")
    assert publishes(paths, [tiny.NOW, tiny.NOW + DAY, tiny.NOW + DAY - YEAR, tiny.NOW + 2 * DAY]) == [1, 2, 3, 4]
    assert sorted(state.release_files(paths.releases)) == [1, 2, 3, 4]
    release.publish(paths, tiny.NOW + 2 * DAY + release.KEPT_AFTER_SUPERSEDED, 1)
    assert sorted(state.release_files(paths.releases)) == [3, 4, 5], "1 and 2 were superseded more than seven days ago"


@pytest.mark.usefixtures("small")
def test_a_state_that_trusts_the_clock_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = state.record_current

    def trusting(connection: state.sqlite3.Connection, number: int, now: datetime, cause: state.Cause) -> None:
        record(connection, number, now, cause)
        if cause == "publish":
            at = now.isoformat(timespec="microseconds")
            connection.execute("update releases set superseded_at = ? where number = ?", [at, number - 1])
            connection.commit()

    monkeypatch.setattr(state, "record_current", trusting)
    paths = DataPaths(tmp_path / "data")
    publishes(paths, [tiny.NOW, tiny.NOW - YEAR, tiny.NOW + DAY])
    assert 1 not in state.release_files(paths.releases)


@pytest.mark.usefixtures("small")
def test_at_the_end_of_the_year_numbers_go_on(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    new_year = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
    assert publishes(paths, [new_year - timedelta(seconds=1), new_year, new_year + timedelta(hours=2)]) == [1, 2, 3]


@pytest.mark.parametrize("offset", [-31536000, 31536000])
def test_the_shim_moves_the_clock(shim: Path, offset: int) -> None:
    """What the other tests of clocks rest on: every clock of a process is moved, and no wait gets longer."""
    look = (
        "import datetime, sqlite3, threading, time, duckdb; begun = time.monotonic(); threading.Event().wait(0.05); "
        "print(time.time(), datetime.datetime.now().timestamp(), "
        "sqlite3.connect(':memory:').execute('select unixepoch()').fetchone()[0], "
        "duckdb.sql('select epoch(now())').fetchone()[0], time.monotonic() - begun)"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], env=os.environ | {"LD_PRELOAD": str(shim), CLOCK_OFFSET: str(offset)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    *clocks, waited = map(float, done.stdout.split())
    expected = datetime.now(UTC).timestamp() + offset
    assert all(abs(clock - expected) < 60 for clock in clocks), clocks
    assert 0.05 <= waited < 30
