"""What several files of tests need, and takes long to make, is made once in a run of the tests."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from store.paths import DataPaths

# Makes the data folder of that name, if no process has made it, and gives a copy of it.
Shared = Callable[[str, Callable[[Path], object]], DataPaths]


# Where the processes of a run of the tests keep what they share; outside of one, a folder of this process.
places: list[Path] = []


def of_run(name: str, make: Callable[[Path], object]) -> DataPaths:
    """The data folder of that name, made by the first process of the run that asks. Only to be read, or copied."""
    folder = (places[-1] if places else _own_place()) / f"{name}_shared"
    with one_at_a_time(folder.with_suffix(".lock")):
        return make_once(folder, make)


@cache
def _own_place() -> Path:
    return Path(tempfile.mkdtemp(prefix="kuntakysely_"))


def make_once(folder: Path, make: Callable[[Path], object]) -> DataPaths:
    """The data folder that `make` makes, in a folder of all processes. Only to be copied: any of them may be at it."""
    made = folder / "made"
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)  # what a process left that failed
        make(folder / "data")
        made.touch()
    return DataPaths(folder / "data")


@contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """Others wait until it is done; a process that dies lets go of it."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
