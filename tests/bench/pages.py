"""What the pages of a release cost, all made anew, with one round changed and with none."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from publish.releases.folder import write_pages
from store.paths import DATABASE, DataPaths
from tests.bench.made import copy_inputs
from tests.bench.measuring import Cost, imports, kuntakysely
from tests.bench.results import CPU, Part, Ratio, Row
from tests.bench.sizes import Sizes

# The first is a goal of 4 seconds on a machine where the imports take 4.1; the index is made anew each time.
GOALS = {"pages, all anew": 1.0, "pages, one round of four changed": 0.5, "pages, nothing changed": 0.15}
CHANGE = "update marts.response_rate set n_responses = n_responses + 1 where survey_id = 'owal_tyovoiman_ulkopuolella'"


def measure(_: Sizes, folder: Path) -> Part:
    """Of the data that ships."""
    machine, paths = imports(), DataPaths(folder / "data")
    copy_inputs(paths)
    kuntakysely(paths, "refresh")
    changed = folder / DATABASE
    changed.write_bytes(paths.current.read_bytes())
    with duckdb.connect(str(changed)) as connection:
        connection.execute(CHANGE)
    anew, kept = paths.current, folder / "anew"
    costs = (written(anew, kept, None), written(changed, folder / "one", kept), written(anew, folder / "none", kept))
    return Part("pages", [
        Row(name, cost, {CPU: Ratio(cost.cpu / machine.cpu, goal)})
        for (name, goal), cost in zip(GOALS.items(), costs, strict=True)
    ])  # fmt: skip


def written(release: Path, folder: Path, earlier: Path | None) -> Cost:
    """What writing the pages of a release beside earlier ones costs; what it held is not measured."""
    with duckdb.connect(str(release), read_only=True) as connection:
        begun = time.monotonic(), time.process_time()
        write_pages(connection, folder, folder.name, earlier)
        return Cost(time.monotonic() - begun[0], time.process_time() - begun[1])
