"""make bench: what the main job costs on the data that ships, beside the libraries it is made of.

Each figure is the median of RUNS runs, taken in turn so that all see the same machine: what counts is the ratio to
IMPORTS in the same run, not the seconds. Ends with 1 when a ratio is over its goal.
"""

from __future__ import annotations

import csv
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from store.paths import PROJECT_ROOT, DataPaths

RUNS = 3
INPUTS = ("surveys", "registry", "systems", "practices")
IMPORTS = "imports of dagster, dagster_dbt, great_expectations"
RESPONSES = "surveys/koto_kuntakysely/rounds/2023-01/responses.csv"
HIDING = "surveys/palvelukysely_demo"  # came after the goals, and its hiding costs what theirs does not
COMMENT = "Roolit ja vastuut, vapaa kommentti"  # of the column of a free text


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of one command with all its child processes."""

    cpu: float
    wall: float


# The most that each may cost, as a ratio to IMPORTS. The last two are goals in seconds, 0.4 and 1.5, on a machine where
# the imports take 4.1.
GOALS = {
    "refresh --full": Cost(3.6, 2.5),
    "refresh after one cell changed": Cost(3.2, 2.2),
    "refresh with nothing changed": Cost(0.1, 0.1),
    "validate": Cost(0.37, 0.37),
}


def timed(command: list[str], cwd: Path = PROJECT_ROOT, env: Mapping[str, str] | None = None) -> Cost:
    """Run the command to its end. Raises CalledProcessError when it fails."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - begun)


def copy_inputs(paths: DataPaths) -> None:
    for name in INPUTS:
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)


def one_round(folder: Path) -> dict[str, Cost]:
    """Every measurement once, on a fresh copy of the inputs in `folder`, with no cache but what dbt has read."""
    paths = DataPaths(folder / "data")
    copy_inputs(paths)
    shutil.move(paths.root / HIDING, folder / "later")

    def kuntakysely(*arguments: str) -> Cost:
        return timed([sys.executable, "-m", "orchestration.commands.cli", *arguments, "--data", str(paths.root)])

    found = {IMPORTS: timed([sys.executable, "-c", "import dagster, dagster_dbt, great_expectations"])}
    found["first refresh"] = kuntakysely("refresh")
    shutil.rmtree(paths.warehouse)
    found["refresh --full"] = kuntakysely("refresh", "--full")
    found["refresh with nothing changed"] = kuntakysely("refresh")
    change_a_cell(paths.root / RESPONSES)
    found["refresh after one cell changed"] = kuntakysely("refresh")
    found["validate"] = kuntakysely("validate")
    shutil.move(folder / "later", paths.root / HIDING)
    found["refresh --full with the survey that hides"] = kuntakysely("refresh", "--full")
    return found


def change_a_cell(file: Path) -> None:
    """Add a word to the first comment that somebody wrote."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = csv.reader(handle, delimiter=";")
    row = next(row for row in rows if row[header.index(COMMENT)])
    row[header.index(COMMENT)] += " muokattu"
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle, delimiter=";", lineterminator="\n").writerows([header, *rows])


def ratios(costs: list[Cost], imports: list[Cost]) -> Cost:
    """The median ratio to the imports of the same run."""
    pairs = list(zip(costs, imports, strict=True))
    return Cost(
        statistics.median(cost.cpu / one.cpu for cost, one in pairs),
        statistics.median(cost.wall / one.wall for cost, one in pairs),
    )


def main() -> None:
    """Print a line per measurement. Ends with 1 when one is over its goal."""
    found: dict[str, list[Cost]] = {}
    for number in range(RUNS):
        print(f"  run {number + 1} of {RUNS}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in one_round(Path(folder)).items():
                found.setdefault(name, []).append(cost)
    print(f"\n{f'median of {RUNS} runs':<52}{'CPU s':>7}{'wall s':>7}{'CPU':>7}{'goal':>6}{'wall':>7}{'goal':>6}")
    is_over = False
    for name, costs in found.items():
        cpu, wall = (statistics.median(getattr(cost, kind) for cost in costs) for kind in ("cpu", "wall"))
        ratio, goal = ratios(costs, found[IMPORTS]), GOALS.get(name)
        goals = (f"{goal.cpu:>6.2f}", f"{goal.wall:>6.2f}") if goal else (" " * 6, "")
        print(f"{name:<52}{cpu:>7.1f}{wall:>7.1f}{ratio.cpu:>7.2f}{goals[0]}{ratio.wall:>7.2f}{goals[1]}")
        is_over |= goal is not None and (ratio.cpu > goal.cpu or ratio.wall > goal.wall)
    print("\nOver a goal." if is_over else "\nWithin all goals.")
    sys.exit(is_over)


if __name__ == "__main__":
    main()
