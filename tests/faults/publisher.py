"""Publishes a tiny warehouse: python -m tests.faults.publisher DATA.

For each line of standard input it publishes a release whose rows all hold its number, and says the number. A line may
name the mutant that publishes it.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from publish.releases import release
from store import state
from store.paths import DataPaths
from tests.faults import tiny
from tests.faults.mutants import MUTANTS


def main() -> None:
    tiny.be_small()
    paths = DataPaths(Path(sys.argv[1]))
    tiny.build(paths, 1)
    point = release._point
    for i, line in enumerate(sys.stdin):
        release._point = point
        MUTANTS[line.strip()]()
        with state.opened(paths) as memory:
            number = state.next_release_number(memory, paths.releases)
        tiny.mark(paths, number)
        release.publish(paths, tiny.NOW + timedelta(hours=i), 1)
        print(number, flush=True)


if __name__ == "__main__":
    main()
