"""make bench: what this costs beside its libraries and beside plain scripts, and how cost grows.

Each part prints a table with its ratios side by side. A run that is to be kept is a line of history.jsonl, from which
docs/scale.md is made. Ends with 1 when a figure is over its goal, or a part came to no end.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from tests.bench import history
from tests.bench.measuring import OverLimitError
from tests.bench.results import Part, padded
from tests.bench.sizes import SMALL, WHOLE, Sizes

Measure: TypeAlias = Callable[[Sizes, Path], Part]
# By module and function, loaded when their turn comes: what this process holds, a child is said to have held at first.
PARTS = {
    "refresh": ("refresh", "measure"),
    "answers": ("answers", "measure"),
    "rounds": ("rounds", "measure"),
    "shapes": ("shapes", "measure"),
    "texts": ("shapes", "texts"),
    "pages": ("pages", "measure"),
    "hiding": ("disclosure", "measure"),
    "quick": ("quick", "measure"),
}


def measured(sizes: Sizes, names: Iterable[str]) -> list[Part | None]:
    """Each part, printed when it is there; none in place of one that came to no end."""
    return [_measured(name, sizes) for name in names]


def _measured(name: str, sizes: Sizes) -> Part | None:
    begun, (module, function) = time.monotonic(), PARTS[name]
    measure: Measure = getattr(import_module(f"tests.bench.{module}"), function)
    try:
        with tempfile.TemporaryDirectory() as folder:
            part = measure(sizes, Path(folder))
    except (OverLimitError, ValueError, subprocess.CalledProcessError) as error:
        print(f"{name}: {error}\n", flush=True)
        return None
    print(f"{padded(part)}\n  {(time.monotonic() - begun) / 60:.1f} minutes\n", flush=True)
    return part


def main() -> None:
    """Print the tables, and keep those of a whole run."""
    arguments = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    arguments.add_argument("--small", action="store_true", help="the same with small sizes")
    arguments.add_argument("--part", nargs="+", choices=PARTS, help="no more than these")
    arguments.add_argument("--answers", type=int, nargs="+", help="of one round")
    arguments.add_argument("--gb", type=float, help="the most memory of a refresh")
    arguments.add_argument("--keep", action="store_true", help="in the history, and make docs/scale.md of it")
    given = arguments.parse_args()
    sizes = SMALL if given.small else WHOLE
    changed = {"answers": given.answers, "most_gb": given.gb}
    sizes = replace(sizes, **{name: value for name, value in changed.items() if value})
    found = measured(sizes, given.part or [name for name in PARTS if name != "quick" or not given.small])
    parts = [part for part in found if part]
    if given.keep and len(parts) == len(found):
        from tests.bench import page

        history.append(history.Run.of_now(parts, sizes.most_gb))
        page.write()
    is_over = len(parts) < len(found) or any(part.is_over for part in parts)
    print("Over a goal." if is_over else "Within all goals.")
    sys.exit(is_over)


if __name__ == "__main__":
    main()
