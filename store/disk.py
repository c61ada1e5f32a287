"""A disk that is full or broken: recognised wherever it shows itself, and told in one sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.told import ExitCode, ToldError
from store.paths import DataPaths

# Python, DuckDB, SQLite, dbt and Great Expectations each have errors of their own for it; these words are in all.
FULL = ("No space left on device", "database or disk is full", "Disk quota exceeded")
BROKEN = ("Input/output error", "disk I/O error", "unable to open database file", "fsync failed")
NEARLY_FULL = 32_000_000  # bytes: SQLite and DuckDB say the last three of a full disk too
STANDS = "The release that readers have is whole."


class DiskTrouble(ToldError):
    """A disk is full or broken; the message says which, and what to do."""

    exit_code = ExitCode.REFUSED


@contextmanager
def disk_watched(paths: DataPaths) -> Iterator[None]:
    """Whatever error says that a disk is full or broken comes out as DiskTrouble."""
    try:
        yield
    except DiskTrouble:
        raise
    except Exception as error:
        said = disk_trouble(error, paths)
        if said is None:
            raise
        raise DiskTrouble(said) from error


def disk_trouble(error: BaseException, paths: DataPaths) -> str | None:
    """What a person is told when an error, or one that it came of, says that a disk is full or broken; else None."""
    said = next((str(each) for each in _chain(error) if isinstance(each, DiskTrouble)), None)
    return said or trouble_in("\n".join(map(str, _chain(error))), paths)


def trouble_in(text: str, paths: DataPaths) -> str | None:
    """The same for the text of an error, as a child process leaves it."""
    folder = _folder_in(text, paths)
    shown, disk = paths.shown(folder), shutil.disk_usage(folder)
    is_broken = any(words in text for words in BROKEN)
    if any(words in text for words in FULL) or (is_broken and disk.free < NEARLY_FULL):
        return (
            f"The disk of {shown} is full: {_megabytes(disk.free)} of {_megabytes(disk.total)} are free. Make room "
            f"there and run `kuntakysely refresh` again. {STANDS}"
        )
    if is_broken:
        return (
            f"The disk of {shown} does not take what is written to it (an input/output error, or no right to write "
            f"there). Have the disk looked at, and run `kuntakysely refresh` again. {STANDS}"
        )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _folder_in(text: str, paths: DataPaths) -> Path:
    """The folder of the file that an error names; the data root when it names none."""
    named = re.search(re.escape(f"{paths.root.as_posix()}/") + r"[^\"'\n:]*", text)
    folder = Path(named.group()).parent if named else paths.root
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
