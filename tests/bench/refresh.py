"""What the main job costs on the data that ships, beside the libraries it is made of.

Each figure is the median of several runs, taken in turn so that all see the same machine: what counts is the ratio to
the imports in the same run, not the seconds.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from store.paths import DataPaths
from tests.bench.made import copy_inputs
from tests.bench.measuring import IMPORTS, Cost, imports, kuntakysely, run
from tests.bench.results import CPU, WALL, Part, Ratio, Row
from tests.bench.sizes import Sizes

RESPONSES = "surveys/koto_kuntakysely/rounds/2023-01/responses.csv"
HIDING = "surveys/palvelukysely_demo"  # came after the goals, and its hiding costs what theirs does not
COMMENT = "Roolit ja vastuut, vapaa kommentti"  # of the column of a free text
# The most that each may cost in CPU and on the clock. The last two are goals in seconds, 0.4 and 1.5, on a machine
# where the imports take 4.1.
GOALS = {
    "refresh --full": (3.6, 2.5),
    "refresh after one cell changed": (3.2, 2.2),
    "refresh with nothing changed": (0.1, 0.1),
    "validate": (0.37, 0.37),
}


def measure(sizes: Sizes, folder: Path) -> Part:
    found: dict[str, list[Cost]] = {}
    run([sys.executable, "-m", "orchestration.dagster.dbt_process"])  # as set-up does: a refresh reads no models anew
    for number in range(sizes.runs):
        for name, cost in one_round(folder / str(number)).items():
            found.setdefault(name, []).append(cost)
    return Part("refresh", [row(name, costs, found[IMPORTS]) for name, costs in found.items()])


def one_round(folder: Path) -> dict[str, Cost]:
    """Every measurement once, on a fresh copy of the inputs in `folder`, with no cache but what dbt has read."""
    paths = DataPaths(folder / "data")
    copy_inputs(paths)
    shutil.move(paths.root / HIDING, folder / "later")
    found = {IMPORTS: imports()}
    found["first refresh"] = kuntakysely(paths, "refresh")
    shutil.rmtree(paths.warehouse)
    found["refresh --full"] = kuntakysely(paths, "refresh", "--full")
    found["refresh with nothing changed"] = kuntakysely(paths, "refresh")
    change_a_cell(paths.root / RESPONSES)
    found["refresh after one cell changed"] = kuntakysely(paths, "refresh")
    found["validate"] = kuntakysely(paths, "validate")
    shutil.move(folder / "later", paths.root / HIDING)
    found["refresh --full with the survey that hides"] = kuntakysely(paths, "refresh", "--full")
    return found


def change_a_cell(file: Path) -> None:
    """Add a word to the first comment that somebody wrote."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = csv.reader(handle, delimiter=";")
    row = next(row for row in rows if row[header.index(COMMENT)])
    row[header.index(COMMENT)] += " muokattu"
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle, delimiter=";", lineterminator="\n").writerows([header, *rows])


def row(name: str, costs: Sequence[Cost], machine: Sequence[Cost]) -> Row:
    """The medians, and the median ratios to the imports of the same run."""
    cpu, wall = GOALS.get(name, (None, None))
    pairs = list(zip(costs, machine, strict=True))
    ratios = {
        CPU: Ratio(statistics.median(cost.cpu / one.cpu for cost, one in pairs), cpu),
        WALL: Ratio(statistics.median(cost.wall / one.wall for cost, one in pairs), wall),
    }
    return Row(name, median(costs), ratios)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, kind) for cost in costs) for kind in Cost.__annotations__))
