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
from typing import IO

import pytest

from publish.releases.folder import BUILDING
from store import state
from store.backup import backup
from store.lock import refresh_lock
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import command, copy_inputs, environment, kuntakysely, rows, touch_round
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


def begin(
    paths: DataPaths, *arguments: str, out: int | IO[str] = subprocess.PIPE, **variables: str
) -> subprocess.Popen[str]:
    """Start it in a process group of its own, as a shell does."""
    return subprocess.Popen(
        arguments, cwd=PROJECT_ROOT, env=environment(paths) | variables, text=True, start_new_session=True,
        stdout=out, stderr=subprocess.PIPE,
    )  # fmt: skip


def send(number: int, process: subprocess.Popen[str]) -> None:
    """Ctrl-C reaches all that stand before the terminal; other signals the one that they are sent to."""
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)


def faults_of_end(process: subprocess.Popen[str], number: int) -> list[str]:
    """What is not as it should be when somebody has ended it."""
    try:
        _, said = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
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
        ("before", signal.SIGINT, "as typer ends", "it said ''"),
        ("dbt", signal.SIGKILL, "children stay", "a process of it is left"),
    ],
)
def test_an_end_in_disorder_is_found_out(place: str, number: int, mutant: str, found: str, tmp_path: Path) -> None:
    assert found in "\n".join(ended_at(place, number, tmp_path, mutant))


def ended_in(paths: DataPaths, number: int, is_there: Callable[[str], bool]) -> list[str]:
    """What is wrong after a whole refresh was ended once it had said something, or had left something on the disk."""
    said = paths.root.with_name("said")
    with said.open("w", encoding="utf-8") as out:
        process = begin(paths, *command("refresh"), out=out)
    assert wait_for(lambda: is_there(said.read_text(encoding="utf-8")) or process.poll() is not None, 600)
    assert process.poll() is None, said.read_text(encoding="utf-8")
    send(number, process)
    return faults_of_end(process, number)


def test_a_refresh_that_is_ended_in_dbt_and_in_its_publish(fresh: DataPaths, record_property: Record) -> None:
    """The next one publishes, with nobody's help."""
    before = contents(fresh.current, PUBLISHED)
    touch_round(fresh)
    for number, is_there in (
        (signal.SIGINT, lambda said: bool(re.search(r"System inventory +done", said))),
        (signal.SIGTERM, lambda _: (fresh.releases / BUILDING).exists()),
    ):
        assert ended_in(fresh, number, is_there) == []
        assert (contents(fresh.current, PUBLISHED), rows(fresh, "select number from marts.release")) == (before, [(1,)])
        record_property("tried", ["Ctrl-C and SIGTERM in a whole refresh", "one sentence, release stands", 1])
    after = begin(fresh, *command("refresh"))
    said, _ = after.communicate()
    assert (after.returncode, rows(fresh, "select number from marts.release")) == (0, [(2,)]), said


READ_ONLY = 'mount -t tmpfs tmpfs "$1" && cp -r "$2" "$1" && mount -o remount,ro "$1" && shift 2 && exec "$@"'
WRITING = [
    ("refresh",), ("rollback",), ("erase", "koto_kuntakysely/2023-01", "KOTO-0010"),
    ("sign-off", "koto_kuntakysely/2023-01"), ("backup", "{disk}/new.tar.gz"),
    ("new-round", "koto_kuntakysely", "2024-01", "{data}/surveys/koto_kuntakysely/rounds/2023-01/responses.csv"),
]  # fmt: skip


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return copy_inputs(tmp_path_factory.mktemp("inputs") / "data")


def in_read_only(inputs: DataPaths, disk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a copy of the inputs that lies on a disk which takes nothing."""
    disk.mkdir()
    on = DataPaths(disk / "data")
    given = [each.format(disk=disk, data=on.root) for each in arguments]
    unshare = ("unshare", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh", str(disk), str(inputs.root))
    return subprocess.run(
        [*unshare, *command(*given)],
        cwd=PROJECT_ROOT, env=environment(on), text=True, check=False, capture_output=True,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", WRITING, ids=lambda given: given[0])
def test_a_folder_that_cannot_be_written_to_is_told(
    arguments: tuple[str, ...], inputs: DataPaths, tmp_path: Path
) -> None:
    done = in_read_only(inputs, tmp_path / "disk", *arguments)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    said = (
        r"data[\w/-]* is read-only: nothing can be written there. Let it be .* run it again. The release .* is whole."
    )
    assert re.fullmatch(f"{said}\n", done.stderr), done.stderr


def test_a_backup_is_not_restored_where_nothing_can_be_written(inputs: DataPaths, tmp_path: Path) -> None:
    file = backup(inputs, tmp_path / "b.tar.gz", datetime.now(UTC)).file
    done = in_read_only(inputs, tmp_path / "disk", "restore", str(file), "--data", "{disk}/new")
    said = r"b.tar.gz: Read-only file system \(.*\). Nothing was changed: mend that, or name another place.\n"
    assert (done.returncode, bool(re.fullmatch(said, done.stderr))) == (2, True), done.stderr


def test_a_rollback_is_turned_away_while_a_refresh_runs(inputs: DataPaths) -> None:
    with refresh_lock(inputs, datetime.now(UTC)):
        done = kuntakysely(inputs, "rollback")
    assert (done.returncode, "another refresh is running: process" in done.stdout) == (3, True), done.stdout
