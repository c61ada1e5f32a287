"""The library that makes operations of a process fail: see shim.c."""

from __future__ import annotations

import shutil
import subprocess
from enum import IntEnum
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("shim.c")
CLOCK_OFFSET = "KUNTAKYSELY_SHIM_CLOCK_OFFSET"
CONNECT_LOG = "KUNTAKYSELY_SHIM_CONNECT_LOG"


class Mode(IntEnum):
    """What happens at the operation that is armed; the numbers are those of shim.c."""

    NOTHING = 0
    KILL = 1
    HALF = 2
    ENOSPC = 3
    EIO = 4
    ENOSPC_FROM_HERE = 5


def built(folder: Path) -> Path:
    """The library, compiled into `folder`; without a compiler the test that needs it fails."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.fail("No C compiler (cc or gcc) is here, so no fault can be made: install gcc and run the tests again.")
    library = folder / "shim.so"
    made = subprocess.run(
        [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.fail(f"{SOURCE.name} cannot be compiled, so no fault can be made:\n{made.stderr}")
    return library
