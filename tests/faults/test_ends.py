"""Ends that a person makes: Ctrl-C, SIGTERM, a kill, folders that cannot be written to. One sentence, nothing left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publish.releases.release import BUILDING_NAME
from store import state
from store.lock import refresh_lock
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import command, environment, rows, touch_round
from tests.faults.ending import MUTANT, PLACES, READY
from tests.faults.tiny import contents

SAID = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
PUBLISHED = tuple(mart.name for mart in published_marts())
Record = Callable[[str, object], None]


def wait_for(is_so: Callable[[], object], seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_empty(group: int) -> bool:
    """Whether no process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def begin(paths: DataPaths, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start it in a process group of its own, as a shell does."""
    return subprocess.Popen(
        arguments, cwd=PROJECT_ROOT, env=environment(paths) | variables, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def send(number: int, process: subprocess.Popen[str]) -> None:
    """Ctrl-C reaches all that stand before the terminal; other signals the one that they are sent to."""
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)


def faults_of_end(process: subprocess.Popen[str], number: int) -> list[str]:
    """What is not as it should be when somebody has ended it."""
    _, said = process.communicate(timeout=120)
    faults = [] if process.returncode == 128 + number else [f"it ended with {process.returncode}"]
    sentence = f"Ended by {SAID.get(signal.Signals(number))}. The release that readers have is whole. Run the same"
    if said.count("\n") != 1 or not said.startswith(sentence):
        faults.append(f"it said {said!r}")
    return faults + ([] if wait_for(lambda: is_empty(process.pid), 5) else ["a process of it is left"])


def ended_at(place: str, number: int, tmp_path: Path, mutant: str = "") -> list[str]:
    """What is wrong after a signal came while a refresh stood at a place."""
    paths, ready = DataPaths(tmp_path / "data"), tmp_path / "ready"
    paths.surveys.mkdir(parents=True)
    process = begin(
        paths, sys.executable, "-m", "tests.faults.ending", place, str(paths.root),
        **{READY: str(ready), MUTANT: mutant},
    )  # fmt: skip
    assert wait_for(ready.exists), process.communicate()
    if place == "query":
        time.sleep(0.5)
    send(number, process)
    if place == "end":
        time.sleep(0.3)
        send(number, process)
    if number == signal.SIGKILL:
        process.communicate()
        return [] if wait_for(lambda: is_empty(process.pid), 5) else ["a process of it is left"]
    faults = faults_of_end(process, number)
    with refresh_lock(paths, datetime.now(UTC)), state.opened(paths) as memory:
        outcomes = [*memory.execute("select outcome from refreshes")]
    if outcomes != [("unpublished",)]:
        faults.append(f"the state says {outcomes}")
    if place == "end" and not (paths.private / "ended").exists():
        faults.append("the second signal cut off what ends it")
    return faults


@pytest.mark.parametrize("number", SAID)
@pytest.mark.parametrize("place", PLACES)
def test_a_signal_at_any_step(place: str, number: int, tmp_path: Path, record_property: Record) -> None:
    assert ended_at(place, number, tmp_path) == []
    record_property("tried", ["Ctrl-C and SIGTERM at a step", "one sentence, nothing left", 1])


@pytest.mark.parametrize("place", ["dbt", "expectations"])
def test_a_kill_takes_the_children_with_it(place: str, tmp_path: Path) -> None:
    assert ended_at(place, signal.SIGKILL, tmp_path) == []


@pytest.mark.parametrize(
    ("place", "number", "mutant", "found"),
    [
        ("before", signal.SIGTERM, "not listening", "it ended with -15"),
        ("before", signal.SIGINT, "as typer ends", "it ended with 1"),
        ("dbt", signal.SIGKILL, "children stay", "a process of it is left"),
    ],
)
def test_an_end_in_disorder_is_found_out(place: str, number: int, mutant: str, found: str, tmp_path: Path) -> None:
    assert found in "\n".join(ended_at(place, number, tmp_path, mutant))


def ended_in(paths: DataPaths, number: int, is_there: Callable[[str], bool]) -> list[str]:
    """What is wrong after a whole refresh was ended once it said something, or left something on the disk."""
    process = begin(paths, *command("refresh"))
    assert process.stdout is not None
    said = ""
    os.set_blocking(process.stdout.fileno(), False)

    def has_come() -> bool:
        nonlocal said
        said += process.stdout.read() or ""  # type: ignore[union-attr]
        return is_there(said) or process.poll() is not None

    assert wait_for(has_come, 600), said
    assert process.poll() is None, said
    send(number, process)
    os.set_blocking(process.stdout.fileno(), True)
    return faults_of_end(process, number)


def test_a_refresh_that_is_ended_in_dbt_and_in_its_publish(fresh: DataPaths, record_property: Record) -> None:
    """The next one publishes, with nobody's help."""
    before = contents(fresh.current, PUBLISHED)
    touch_round(fresh)
    in_models = re.compile(r"System inventory +done(?s:.*)")
    for number, is_there in (
        (signal.SIGINT, lambda said: bool(in_models.search(said)) and (fresh.dbt_target / "said.log").exists()),
        (signal.SIGTERM, lambda _: (fresh.releases / BUILDING_NAME).exists()),
    ):
        assert ended_in(fresh, number, is_there) == []
        assert (contents(fresh.current, PUBLISHED), rows(fresh, "select number from marts.release")) == (before, [(1,)])
        record_property("tried", ["Ctrl-C and SIGTERM in a whole refresh", "one sentence, release stands", 1])
    after = begin(fresh, *command("refresh"))
    said, _ = after.communicate()
    assert (after.returncode, rows(fresh, "select number from marts.release")) == (0, [(2,)]), said
