"""A whole refresh on a disk that is full: python -m tests.faults.small_disk DATA DISK SHIM MEGABYTES...

Runs where DISK is a small file system of its own. DATA is copied to it, and for each number a refresh runs while that
many megabytes are free; then room is made, and one runs alone. What came of each is a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import command, copy_data, environment, rows, touch_round
from tests.faults.shim import CLOCK_OFFSET
from tests.faults.tiny import contents

A_YEAR_BACK = -365 * 24 * 3600

PUBLISHED = tuple(mart.name for mart in published_marts())


def fill(file: Path, left: int) -> None:
    """Leave that many bytes of the disk free."""
    file.unlink(missing_ok=True)
    there_is = os.statvfs(file.parent)
    with file.open("wb") as handle:
        os.posix_fallocate(handle.fileno(), 0, there_is.f_bavail * there_is.f_frsize - left)


def refreshed(paths: DataPaths, **variables: str) -> None:
    """Refresh, and say how it ended and what readers have then."""
    done = subprocess.run(
        command("refresh"), cwd=PROJECT_ROOT, env=environment(paths) | variables, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    ((number, created_at),) = rows(paths, "select number, created_at::varchar from marts.release")
    found = {"code": done.returncode, "said": done.stdout, "number": number, "created_at": created_at}
    print(json.dumps(found | {"tables": contents(paths.current, PUBLISHED)}), flush=True)


def main() -> None:
    data, disk, shim, *megabytes = sys.argv[1:]
    paths = copy_data(DataPaths(Path(data)), Path(disk) / "data")
    touch_round(paths)
    for each in megabytes:
        fill(Path(disk) / "filler", int(float(each) * 1e6))
        refreshed(paths)
    Path(disk, "filler").unlink()
    refreshed(paths, LD_PRELOAD=shim, TZ="Pacific/Kiritimati", **{CLOCK_OFFSET: str(A_YEAR_BACK)})


if __name__ == "__main__":
    main()
