"""What a command costs with all its children: seconds, and the most memory that they hold together.

What they hold together is looked at twice a second: of memory that several share, each has its part. A command
that goes over its limit is ended. No limit of the system would do: RLIMIT_AS and RLIMIT_DATA count addresses that are
reserved and never touched, and for each process apart; a control group needs rights that not everybody has.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from store.paths import PROJECT_ROOT, DataPaths

IMPORTS = "imports of dagster, dagster_dbt, great_expectations"
KB_IN_GB = 1024**2
PAUSE = 0.5  # seconds


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of CPU of one command with its children; the most memory, in GB, that any one of them
    held, and that they held together."""

    wall: float
    cpu: float
    peak: float = 0.0
    together: float = 0.0

    def beyond(self, other: Cost) -> Cost:
        """The memory stays: it is no sum."""
        return Cost(self.wall - other.wall, self.cpu - other.cpu, self.peak, self.together)


class OverLimitError(Exception):
    """A command held more memory than it may."""


@dataclass
class Watch:
    """Looks at a process and its children until it is told to stop, and ends them all when they hold too much."""

    pid: int
    most_gb: float
    together: float = 0.0
    stopped: Event = field(default_factory=Event)

    @property
    def is_over(self) -> bool:
        return self.together > self.most_gb

    def look(self) -> None:
        while not self.is_over and not self.stopped.wait(PAUSE):
            processes = list(family(self.pid))
            self.together = max(self.together, sum(map(held, processes)))
            if self.is_over:
                for pid in processes:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)


def family(pid: int) -> Iterator[int]:
    """The process and all that it and its children started."""
    yield pid
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                for child in children.read_text("ascii").split():
                    yield from family(int(child))


def held(pid: int) -> float:
    """GB of a process, with its part of what it shares; 0 when it has ended."""
    try:
        mapped = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return sum(int(kb) for kb in re.findall(r"^Pss: +(\d+) kB", mapped, re.MULTILINE)) / KB_IN_GB


def run(
    command: Sequence[str], said: Path = Path(os.devnull), most_gb: float = sys.maxsize,
    env: Mapping[str, str] | None = None,
) -> Cost:  # fmt: skip
    """Run to the end. Raises CalledProcessError when it fails, OverLimitError when it was ended for what it held."""
    begun = time.monotonic()
    with said.open("w", encoding="utf-8") as handle:
        child = subprocess.Popen(
            command, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=handle, env={**os.environ, **(env or {})}
        )
        watch = Watch(child.pid, most_gb)
        looking = Thread(target=watch.look)
        looking.start()
        _, child.returncode, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
        watch.stopped.set()
        looking.join()
    if watch.is_over:
        raise OverLimitError(f"{' '.join(command)} held more than {most_gb} GB")
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, command)
    peak = used.ru_maxrss / KB_IN_GB
    return Cost(wall, used.ru_utime + used.ru_stime, peak, max(watch.together, peak))


def imports() -> Cost:
    """The measure of the machine: what no refresh can do without."""
    return run([sys.executable, "-c", "import dagster, dagster_dbt, great_expectations"])


def kuntakysely(paths: DataPaths, *arguments: str, most_gb: float | None = None) -> Cost:
    """A command of ours. Of the most that it may hold, half is for DuckDB where it makes tables."""
    command = [sys.executable, "-m", "orchestration.commands.cli", *arguments, "--data", str(paths.root)]
    if most_gb is None:
        return run(command)
    return run(command, most_gb=most_gb, env={"KUNTAKYSELY_MEMORY": f"{most_gb / 2}GB"})
