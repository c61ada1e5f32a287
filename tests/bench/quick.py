"""What a person waits for while working: make quick, which runs on both cores. `make test` tells its own time."""

from __future__ import annotations

from pathlib import Path

from tests.bench.measuring import imports, run
from tests.bench.results import Part, Row, to_imports
from tests.bench.sizes import Sizes

MOST = 9.8  # on the clock: a goal of 40 seconds where the imports take 4.1


def measure(_: Sizes, _folder: Path) -> Part:
    machine = imports()
    cost = run(["make", "quick"])
    return Part("quick", [Row("make quick", cost, to_imports(cost, machine, wall=MOST))])
