"""`kuntakysely serve` as it runs unattended: what it listens on, that it works, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import command, environment
from tests.listening import beyond_this_machine, family, listening, place_of
from tests.servers import free_port

PARTS = ("dagster api grpc", "dagster-daemon run", "dagster-webserver")
SOON = 120

LISTENER = (
    "import socket, sys, time; s = socket.create_server((sys.argv[1], 0)); print(s.getsockname()[1]); time.sleep(60)"
)

# Two parts of which one ends by itself.
HALF_OF_IT = """
import subprocess, sys
from pathlib import Path
from orchestration.commands import serve
from store.paths import DataPaths

def start(started, folder, port):
    started["lasting"] = subprocess.Popen(["sleep", "60"])
    started["failing"] = subprocess.Popen(["sh", "-c", "exit 7"])

serve._start, serve._end_dead_runs, serve.read_manifest = start, lambda _: None, lambda *_: None
sys.exit(serve.serve(DataPaths(Path(sys.argv[1])), 3000))
"""


@contextmanager
def started(arguments: list[str], said: Path, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own; none of the session lives after it."""
    with said.open("wb") as log:
        process = subprocess.Popen(
            arguments, cwd=PROJECT_ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **settings
        )
        try:
            yield process
        finally:
            for pid in family(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def wait_for(what: Callable[[], object], said: Path) -> None:
    until = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < until, said.read_text(encoding="utf-8")
        time.sleep(0.2)


def answers(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/server_info") as answer:
        return bool(answer.status == 200)
    return False


def test_serve_listens_on_this_machine_only_and_ends_whole(
    fresh: DataPaths, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    port, said = free_port(), tmp_path / "said"
    serve = command("serve", "--port", str(port))
    with started(serve, said, env=environment(fresh)) as process:
        wait_for(lambda: answers(port) and b"new_or_changed_round skipped" in said.read_bytes(), said)
        lines = [Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ") for pid in family(process.pid)]
        assert all(any(part in line for line in lines) for part in PARTS), lines
        found = listening(family(process.pid))
        assert found == {("127.0.0.1", port)}
        assert beyond_this_machine(found) == set()
        process.terminate()
        assert process.wait(SOON) == 0, said.read_text(encoding="utf-8")
        wait_for(lambda: not family(process.pid), said)
    record_property("tried", ["addresses that serve listens on", "this machine only", len(found)])


@pytest.mark.parametrize("address", ["0.0.0.0", ""])
def test_a_server_for_everybody_would_be_seen(tmp_path: Path, address: str) -> None:
    """The mutant, for the same eyes."""
    said = tmp_path / "said"
    with started([sys.executable, "-u", "-c", LISTENER, address], said) as process:
        wait_for(lambda: said.read_bytes().endswith(b"\n"), said)
        port = int(said.read_text())
        assert beyond_this_machine(listening(family(process.pid))) == {("0.0.0.0", port)}


@pytest.mark.parametrize(
    ("text", "place", "is_open"),
    [
        ("0100007F:0F4D", "127.0.0.1", False),
        ("00000000:0F4D", "0.0.0.0", True),
        ("0A00000A:0F4D", "10.0.0.10", True),
        ("00000000000000000000000001000000:0F4D", "::1", False),
        ("00000000000000000000000000000000:0F4D", "::", True),
    ],
)
def test_an_address_is_read_as_the_kernel_writes_it(text: str, place: str, is_open: bool) -> None:
    """Also of IPv6, which not every machine has. These are of a machine that writes the low byte first."""
    assert place_of(text, "little") == (place, 3917)
    assert bool(beyond_this_machine({(place, 3917)})) is is_open


def test_when_a_part_ends_all_ends(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with started([sys.executable, "-c", HALF_OF_IT, str(tmp_path / "data")], said) as process:
        assert process.wait(SOON) == 1
        assert "failing ended with code 7: so the rest is ended too" in said.read_text(encoding="utf-8")
        assert family(process.pid) == []
