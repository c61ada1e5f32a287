"""Readers during refreshes: none fails, none sees parts of two releases, none goes back to an older one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store.paths import PROJECT_ROOT, DataPaths
from tests.faults import tiny

KINDS = {"short": "DuckDB", "long": "DuckDB", "folder": "all of a folder", "single": "single files"}
N_PUBLISHES, N_READS = 20, 510  # reads of each of four
NOBODY = "65534"
FAULTS = ("n_failed", "n_torn", "n_back")

# Writes into the release that `current` is, and waits to be killed; says whether it got in.
WRITER = """
import duckdb, os, sys, time
if sys.argv[2:]:
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
try:
    connection = duckdb.connect(sys.argv[1])
    connection.execute("set wal_autocheckpoint = '1TB'")
    connection.execute("update marts.dim_round set n = 0")
    print("in", flush=True)
except (duckdb.Error, OSError) as error:
    print("refused", flush=True)
time.sleep(60)
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=PROJECT_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


class Publisher:
    """The process of publisher.py."""

    def __init__(self, paths: DataPaths) -> None:
        self._process = start("-m", "tests.faults.publisher", str(paths.root))

    def publish(self, mutant: str = "") -> int:
        """The number of the release that it has made."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(mutant, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate()


@contextmanager
def publisher(paths: DataPaths) -> Iterator[Publisher]:
    paths.root.mkdir(parents=True)
    found = Publisher(paths)
    try:
        found.publish()
        yield found
    finally:
        found.end()


class Readers:
    """Four processes of reader.py."""

    def __init__(self, paths: DataPaths, folder: Path, n_reads: int) -> None:
        self._folder = folder
        folder.mkdir()
        self._running = [
            start("-m", "tests.faults.reader", str(paths.root), str(i), str(folder), kind, str(n_reads))
            for i, kind in enumerate(KINDS)
        ]

    def wait_for(self, number: int) -> None:
        """Until each of them has that release."""
        deadline = time.monotonic() + 60
        while [self._seen(i) for i in range(len(KINDS))] != [number] * len(KINDS):
            assert time.monotonic() < deadline, f"a reader never had release {number}"
            time.sleep(0.02)

    def _seen(self, i: int) -> int:
        file = self._folder / str(i)
        return int((file.exists() and file.read_text(encoding="utf-8")) or 0)

    def end(self) -> list[dict[str, Any]]:
        """What each of them saw."""
        (self._folder / "stop").touch()
        return [json.loads(each.communicate(timeout=120)[0]) for each in self._running]


def killed_writer(paths: DataPaths, *user: str) -> str:
    """A reader that opens the release to write into it, as a user if one is named, and is killed; whether it got in."""
    writer = start("-c", WRITER, str(paths.current), *user)
    assert writer.stdout is not None
    said = writer.stdout.readline().strip()
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    return said


def total(seen: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in seen)


def test_every_read_is_of_one_release(quick_folder: Path, record_property: Callable[[str, object], None]) -> None:
    """Half of the way one of them opens the release to write into it: the others hold it, and it is refused."""
    paths = DataPaths(quick_folder / "read" / "data")
    with publisher(paths) as publishing:
        readers = Readers(paths, quick_folder / "readers", N_READS)
        readers.wait_for(1)
        numbers = [publishing.publish() for _ in range(N_PUBLISHES // 2)]
        readers.wait_for(numbers[-1])
        assert killed_writer(paths) == "refused"
        numbers += [publishing.publish() for _ in range(N_PUBLISHES // 2)]
        readers.wait_for(numbers[-1])
        seen = readers.end()
    for each, what in zip(seen, KINDS.values(), strict=True):
        n_whole = each["n_reads"] - each["n_failed"] - each["n_torn"]
        for outcome, n in (("failed", each["n_failed"]), ("torn", each["n_torn"]), ("whole", n_whole)):
            record_property("tried", [f"reads during publishes: {what}", outcome, n])
    assert [total(seen, fault) for fault in FAULTS] == [0, 0, 0], seen
    assert total(seen, "n_reads") >= 2000
    assert numbers == [*range(2, N_PUBLISHES + 2)]
    assert all(
        len(each["numbers"]) > N_PUBLISHES // 2 for each, kind in zip(seen, KINDS, strict=True) if kind != "long"
    )


def test_wrong_publishes_are_seen_by_readers(quick_folder: Path) -> None:
    """`current` is away for a moment; then what it points at is a mixture; then it goes back and forth. Who reads a
    folder sees it as well as who reads the DuckDB file."""
    paths = DataPaths(quick_folder / "wrong" / "data")
    with publisher(paths) as publishing:
        readers = Readers(paths, quick_folder / "readers_of_wrong", 1)
        readers.wait_for(1)
        for mutant in ("slowly", "mixed", "backwards"):
            readers.wait_for(publishing.publish(mutant))
        seen = readers.end()
    by_kind = dict(zip(KINDS, seen, strict=True))
    assert all(by_kind[kind][fault] > 0 for fault in FAULTS for kind in ("short", "folder")), seen


def test_who_writes_into_a_release_harms_nobody_after_the_next_publish(quick_folder: Path) -> None:
    """The file is for reading only, whoever opens it; root gets in nevertheless, and leaves a log beside it."""
    paths = DataPaths(quick_folder / "written" / "data")
    with publisher(paths) as publishing:
        before = tiny.contents(paths.current)
        if os.geteuid() == 0:
            for folder in (quick_folder, paths.root.parent, paths.root, paths.published, paths.releases):
                folder.chmod(0o755)
            assert killed_writer(paths, NOBODY) == "refused"
            assert tiny.contents(paths.current) == before
            assert killed_writer(paths) == "in"
        else:
            assert killed_writer(paths) == "refused"
            assert tiny.contents(paths.current) == before
        number = publishing.publish()
        readers = Readers(paths, quick_folder / "readers_written", 20)
        readers.wait_for(number)
        seen = readers.end()
    assert [total(seen, fault) for fault in FAULTS] == [0, 0, 0], seen
    assert not list(paths.published.rglob("*.wal"))
