"""make bench: what the main job costs on the data that ships, beside the libraries it is made of.

Each figure is the median of RUNS runs, taken in turn so that all see the same machine: compare the ratio, not the
seconds.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.dagster.dbt import BUILD, DBT, DBT_PROJECT, environment
from store.paths import PROJECT_ROOT, DataPaths

RUNS = 3
INPUTS = ("surveys", "registry", "systems")
IMPORTS = "import dagster, dagster_dbt, great_expectations"


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of one command with all its child processes."""

    cpu: float
    wall: float


def timed(command: list[str], cwd: Path = PROJECT_ROOT, env: Mapping[str, str] | None = None) -> Cost:
    """Run the command to its end. Raises CalledProcessError when it fails."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - begun)


def one_round(folder: Path) -> dict[str, Cost]:
    """Every measurement once, on a fresh copy of the inputs in `folder`."""
    paths = DataPaths(folder / "data")
    for name in INPUTS:
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)
    refresh = [sys.executable, "-m", "orchestration.commands.cli", "refresh", "--data", str(paths.root)]
    return {
        "cold refresh": timed(refresh),
        "refresh with nothing changed": timed(refresh),
        "imports of dagster, dagster_dbt, great_expectations": timed([sys.executable, "-c", IMPORTS]),
        "dbt build of the same project": timed([str(DBT), "--quiet", *BUILD], DBT_PROJECT, environment(paths)),
    }


def repeated(runs: int, measure: Callable[[Path], dict[str, Cost]]) -> dict[str, list[Cost]]:
    """Each measurement `runs` times, in turn."""
    found: dict[str, list[Cost]] = {}
    for number in range(runs):
        print(f"  run {number + 1} of {runs}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in measure(Path(folder)).items():
                found.setdefault(name, []).append(cost)
    return found


def main() -> None:
    """Print the table and the ratio of the cold refresh to its libraries plus dbt."""
    found = repeated(RUNS, one_round)
    print(f"\n{'median of ' + str(RUNS) + ' runs':<54}{'CPU s':>8}{'wall s':>8}")
    for name, costs in found.items():
        cpu, wall = (statistics.median(getattr(cost, kind) for cost in costs) for kind in ("cpu", "wall"))
        print(f"{name:<54}{cpu:>8.1f}{wall:>8.1f}")
    cold, _, imports, build = (list(costs) for costs in found.values())
    for kind in ("cpu", "wall"):
        ratios = [
            getattr(c, kind) / (getattr(i, kind) + getattr(b, kind))
            for c, i, b in zip(cold, imports, build, strict=True)
        ]
        print(f"cold refresh / (imports + dbt build), {kind}: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
