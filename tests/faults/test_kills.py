"""Kills at random moments, and starters that race: never a torn release, and one refresh at a time."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import state
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import ROUND, command, environment, rows
from tests.faults.driving import Driver
from tests.faults.tiny import contents

SEED = "KUNTAKYSELY_SEED"
N_KILLS, N_KILLS_OF_SOAK = 15, 300
N_REFRESHES, N_REFRESHES_OF_SOAK = 1, 50
N_RACES = 20
OF_THE_SENSOR = {"dagster/partition": "/".join(ROUND.parts[1::2]), "dagster/sensor_name": "new_or_changed_round"}
RUNNING = re.compile(r"another refresh is running: process (\d+), started \d{4}-.*Wait until it ends")

Record = Callable[[str, object], None]

PUBLISHED = tuple(mart.name for mart in published_marts())


@pytest.fixture
def chance(record_property: Record) -> random.Random:
    """Moments; the seed is told, so that they can be drawn again."""
    seed = int(os.environ.get(SEED, 0)) or random.randrange(1, 2**31)
    print(f"{SEED}={seed}")
    record_property("told", f"moments of kills: {SEED}={seed}")
    return random.Random(seed)


def test_a_publish_that_is_killed_at_any_moment(
    drivers: Callable[[str], Driver], chance: random.Random, is_soak: bool, record_property: Record
) -> None:
    driver = drivers("whole")
    duration, n = driver.duration(), N_KILLS_OF_SOAK if is_soak else N_KILLS
    found = [driver.faults_of_kill(chance.uniform(0, duration)) for _ in range(n)]
    record_property("tried", ["kills of a publish", "survived", sum(not faults for faults in found)])
    assert [fault for faults in found for fault in faults] == []


def test_a_pointer_that_is_away_for_a_moment_is_found_by_kills(drivers: Callable[[str], Driver]) -> None:
    """The mutant takes `current` away for a second before it puts it back."""
    driver = drivers("whole")
    assert any(driver.faults_of_kill(after / 2, "slowly") for after in range(1, 12))


def race(paths: DataPaths, n: int, mutant: str = "") -> list[list[tuple[int, str, str]]]:
    """What the two starters came to in each of n races: process, outcome, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.racing", str(paths.root), str(n), mutant],
        cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [[tuple(each) for each in json.loads(line)] for line in done.stdout.splitlines()]


def is_one_ahead(found: list[tuple[int, str, str]]) -> bool:
    """One has won, and the other says that it is turned away."""
    by_outcome = {outcome: said for _, outcome, said in found}
    return sorted(outcome for _, outcome, _ in found) == ["turned away", "won"] and (
        "another refresh is running: process" in by_outcome["turned away"]
    )


def test_of_two_starters_one_gets_the_lock(tmp_path: Path, record_property: Record) -> None:
    races = race(DataPaths(tmp_path), N_RACES)
    record_property("tried", ["races for the lock", "won by one", sum(map(is_one_ahead, races))])
    assert len(races) == N_RACES
    assert [found for found in races if not is_one_ahead(found)] == []


def test_a_lock_that_two_can_have_is_found_out(tmp_path: Path) -> None:
    assert not any(map(is_one_ahead, race(DataPaths(tmp_path), 3, "shared")))


def begin(paths: DataPaths, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        arguments, cwd=PROJECT_ROOT, env=environment(paths), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip


def begin_by_sensor(paths: DataPaths) -> subprocess.Popen[str]:
    """A run of the job, with the tags that the sensor gives it."""
    job = ("-j", "refresh", "--tags", json.dumps(OF_THE_SENSOR), "-m", "orchestration.definitions")
    return begin(paths, sys.executable, "-m", "dagster", "job", "execute", *job)


def change_round(paths: DataPaths) -> None:
    """Change a file of the round once more, and no figure: each time the recode of another spelling of nobody."""
    recodes = paths.root / ROUND / "recodes.csv"
    n_lines = len(recodes.read_text(encoding="utf-8").splitlines())
    with recodes.open("a", encoding="utf-8") as handle:
        handle.write(f"case_system_name,Jokin muu {n_lines},uma\n")


def wait_for_lock(paths: DataPaths, running: subprocess.Popen[str]) -> None:
    """Until that process refreshes."""
    deadline = time.monotonic() + 60
    while f'"pid": {running.pid},' not in paths.lock_file.read_text(encoding="utf-8"):
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline, "the refresh never took the lock"
        time.sleep(0.02)


def seconds_of_last_refresh(paths: DataPaths) -> float:
    with state.opened(paths) as memory:
        last = state.last_refresh(memory, "published")
    assert last is not None
    assert last.ended_at is not None
    return (last.ended_at - last.started_at).total_seconds()


def number_of(paths: DataPaths) -> int:
    """The number of the release that readers have, which opens and holds what the round holds."""
    ((number,),) = rows(paths, "select number from marts.release")
    assert isinstance(number, int)
    return number


def killed_refresh(paths: DataPaths, after: float) -> str:
    """Kill a refresh and all that it started, so many seconds after it took the lock; how it ended."""
    change_round(paths)
    running = begin(paths, *command("refresh"))
    wait_for_lock(paths, running)
    time.sleep(after)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    return "killed" if running.returncode == -signal.SIGKILL else f"ended with {running.returncode}"


def race_of_refreshes(paths: DataPaths, ahead: float) -> str:
    """Who won: a run of the sensor that has started so many seconds ahead, or a person. The other says so."""
    change_round(paths)
    sensor = begin_by_sensor(paths)
    time.sleep(ahead)
    person = begin(paths, *command("refresh"))
    said = {"sensor": sensor.communicate()[0], "person": person.communicate()[0]}
    ended = {"sensor": sensor.returncode, "person": person.returncode}
    winners = [name for name, code in ended.items() if code == 0]
    assert len(winners) == 1, said
    (loser,) = set(said) - set(winners)
    turned_away = RUNNING.search(said[loser])
    assert turned_away, said[loser]
    assert int(turned_away.group(1)) in (sensor.pid, person.pid)
    assert ended["person"] in (0, 3), said["person"]
    assert loser == "sensor" or "Traceback" not in said["person"]
    return winners[0]


def test_a_refresh_that_is_killed_and_two_that_race_after_it(
    fresh: DataPaths, chance: random.Random, is_soak: bool, record_property: Record
) -> None:
    """A refresh is killed at a random moment. The release stands; then a run of the sensor and a person start together
    or one after the other: one of them publishes, with nobody's help."""
    before, duration = contents(fresh.current, PUBLISHED), seconds_of_last_refresh(fresh)
    n = N_REFRESHES_OF_SOAK if is_soak else N_REFRESHES
    for _ in range(n):
        number = number_of(fresh)
        ended = killed_refresh(fresh, chance.uniform(0, duration * SHORTEST))
        record_property("tried", ["kills of a refresh", ended, 1])
        assert contents(fresh.current, PUBLISHED) == before
        left = number_of(fresh)
        assert left - number in (0, 1)
        winner = race_of_refreshes(fresh, ahead=chance.choice(AHEAD))
        record_property("tried", ["races of refreshes", f"won by the {winner}", 1])
        assert number_of(fresh) == left + 1
        assert contents(fresh.current, PUBLISHED) == before


# A refresh of one changed round takes less than the first, of which `duration` is; the sensor's run needs seconds more
# than a person's until it has the lock.
SHORTEST = 0.6
AHEAD = (0.0, 5.0, 20.0)
