"""Two starters that race for the lock of a refresh: python -m tests.faults.racing DATA N MUTANT.

Each time two processes wait on one pipe and are let go together. What each came to is a line of JSON.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from store import lock
from store.paths import DataPaths


def share() -> None:
    """A lock that both can have."""
    lock.fcntl = SimpleNamespace(flock=lambda file, _: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB), **FLAGS)


FLAGS = {name: getattr(fcntl, name) for name in ("LOCK_EX", "LOCK_NB")}
MUTANTS = {"": lambda: None, "shared": share}


def start(paths: DataPaths, wait_for: int, say: int, hold: int) -> int:
    """Wait, try to get the lock, and say what came of it; who has it keeps it until it is told to let go."""
    os.read(wait_for, 1)
    try:
        with lock.refresh_lock(paths, datetime.now(UTC)):
            os.write(say, json.dumps([os.getpid(), "won", ""]).encode() + b"\n")
            os.read(hold, 1)
    except lock.RefreshRunning as running:
        os.write(say, json.dumps([os.getpid(), "turned away", str(running)]).encode() + b"\n")
    return 0


def race(paths: DataPaths) -> list[list[object]]:
    """What two starters came to."""
    (waiting, go), (hearing, saying), (holding, let_go) = os.pipe(), os.pipe(), os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            for end in (go, let_go):
                os.close(end)
            os._exit(start(paths, waiting, saying, holding))
        children.append(child)
    os.close(saying)
    os.close(go)
    with os.fdopen(hearing) as said:
        found = [json.loads(said.readline()) for _ in range(2)]
    os.close(let_go)
    for child in children:
        os.waitpid(child, 0)
    for end in (waiting, holding):
        os.close(end)
    return found


def main() -> None:
    paths = DataPaths(Path(sys.argv[1]))
    MUTANTS[sys.argv[3]]()
    for _ in range(int(sys.argv[2])):
        print(json.dumps(race(paths)), flush=True)


if __name__ == "__main__":
    main()
