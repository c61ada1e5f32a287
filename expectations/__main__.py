"""Judge the warehouse in a process of its own: python -m expectations WAREHOUSE.

With --wait it loads its libraries first and begins when a line arrives on standard input, so that loading
overlaps with the build; the end of the input without a line means that there is nothing to judge.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """0 when the suites ran, whatever they found: their findings are in the warehouse."""
    file = Path(arguments[0])
    from expectations.suites import check_warehouse
    from faults.stopped import clean_up_seldom, end_with_parent
    from store.warehouse import opened

    clean_up_seldom()
    if "--wait" in arguments:
        if not sys.stdin.readline():
            return 0
        end_with_parent()
    with opened(file) as connection:
        check_warehouse(connection)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
