"""Dagster unattended: a server of our code, the daemon (schedules, sensor, queue of runs) and the web interface.

The three end together. `dagster dev` does the like for a person at work; without a server of its own the daemon would
load our code anew every minute.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import typer

from faults.told import ExitCode
from orchestration.dagster.dagster_home import DEFINITIONS, end_dead_runs, prepare_dagster_home
from orchestration.dagster.dbt import read_manifest
from store.environment import set_dagster
from store.lock import RefreshRunning, refresh_lock
from store.paths import PROJECT_ROOT, DataPaths

# Whoever reaches the web interface may start runs, for it knows no users: it is for this machine only.
HOST = "127.0.0.1"
LOOK_EVERY_SECONDS = 0.5  # so soon it is seen that a part has ended
END_WITHIN_SECONDS = 60  # a run that is under way is told to end, and has this long

Processes = dict[str, "subprocess.Popen[bytes]"]


class _Stop(Exception):
    """Someone ends this process."""


def serve(paths: DataPaths, port: int) -> ExitCode:
    """Run until this process is told to end (DONE) or a part ends by itself (REFUSED): without it the rest would only
    look alive, and whoever started this can start it again."""
    prepare_dagster_home(paths)
    set_dagster(paths)
    _end_dead_runs(paths)
    read_manifest(None, paths)
    started: Processes = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell that starts this in the background has SIGINT ignored
            signal.signal(number, _stop)
        with tempfile.TemporaryDirectory(prefix="kuntakysely_") as folder:
            _start(started, Path(folder), port)
            typer.echo(f"Dagster at http://{HOST}:{port} (end with Ctrl-C)")
            while not _ended(started):
                time.sleep(LOOK_EVERY_SECONDS)
            typer.echo(f"{_ended(started)}: so the rest is ended too. What it said is above.", err=True)
            return ExitCode.REFUSED
    except _Stop:
        return ExitCode.DONE
    finally:
        _end(list(started.values()))


def _start(started: Processes, folder: Path, port: int) -> None:
    """Our code on a socket of the file system, which is nobody else's; then those that ask it."""
    code, workspace = folder / "code", folder / "workspace.yaml"
    server = {"grpc_server": {"host": "localhost", "socket": str(code), "location_name": DEFINITIONS}}
    workspace.write_text(json.dumps({"load_from": [server]}), encoding="utf-8")  # JSON is YAML
    programs = {
        "dagster": ["api", "grpc", "-m", DEFINITIONS, "--socket", str(code), "--location-name", DEFINITIONS],
        "dagster-daemon": ["run", "-w", str(workspace)],
        "dagster-webserver": ["-w", str(workspace), "--host", HOST, "--port", str(port)],
    }
    for name, arguments in programs.items():
        program = Path(sys.executable).with_name(name)
        started[name] = subprocess.Popen([str(program), *arguments], cwd=PROJECT_ROOT)
        while name == "dagster" and not _answers(code) and not _ended(started):
            time.sleep(LOOK_EVERY_SECONDS)


def _answers(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.connect(str(file))
        return True
    return False


def _ended(started: Processes) -> str:
    """Which parts have ended, and how; empty while all run."""
    codes = {name: process.poll() for name, process in started.items()}
    return ", ".join(f"{name} ended with code {code}" for name, code in codes.items() if code is not None)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # once is enough: the rest ends in order
    raise _Stop


def _end_dead_runs(paths: DataPaths) -> None:
    from dagster import DagsterInstance

    with suppress(RefreshRunning), refresh_lock(paths, datetime.now(UTC)), DagsterInstance.get() as instance:
        end_dead_runs(instance)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Each ends the processes that it started itself; one that does not is killed."""
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    until = time.monotonic() + END_WITHIN_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
