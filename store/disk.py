"""A disk that is full, broken or not ours to write, or too little memory: recognised wherever it shows itself, and told
in one sentence."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.told import ExitCode, ToldError
from store.audit import current_user
from store.environment import MEMORY, memory_limit, more_memory
from store.paths import DataPaths

# Python, DuckDB, SQLite, dbt and Great Expectations each have errors of their own for it; these words are in all.
FULL = ("No space left on device", "database or disk is full", "Disk quota exceeded")
BROKEN = ("Input/output error", "disk I/O error", "unable to open database file", "fsync failed")
READ_ONLY = ("Read-only file system", "attempt to write a readonly database")
DENIED = ("Permission denied", "Operation not permitted")
DAMAGED = tuple(  # as SQLAlchemy says it: nothing but Dagster's history is opened with it
    f"(sqlite3.DatabaseError) {words}" for words in ("file is not a database", "database disk image is malformed")
)
TOO_MUCH = "Out of Memory Error"  # of DuckDB, which holds no more than it may
NEARLY_FULL = 32_000_000  # bytes: SQLite and DuckDB say the last three of a full disk too
STANDS = "The release that readers have is whole."


class DiskTrouble(ToldError):
    """A disk is full, broken or not to be written; the message says which, and what to do."""

    exit_code = ExitCode.REFUSED


@contextmanager
def disk_watched(paths: DataPaths) -> Iterator[None]:
    """Whatever error says so of a disk comes out as DiskTrouble."""
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
    """What a person is told when an error, or one that it came of, says so of a disk; else None."""
    said = next((str(each) for each in _chain(error) if isinstance(each, DiskTrouble)), None)
    return said or trouble_in("\n".join(map(str, _chain(error))), paths)


def trouble_in(text: str, paths: DataPaths) -> str | None:
    """The same for the text of an error, as a child process leaves it."""
    if any(words in text for words in DAMAGED):
        return (
            f"Dagster's history in {paths.shown(paths.dagster_home)} is damaged. Move that folder away (its pages "
            f"begin anew; releases, checks and what was read are kept elsewhere) and run it again. {STANDS}"
        )
    if TOO_MUCH in text and not any(words in text for words in FULL):
        return (
            f"DuckDB needed more than the {memory_limit()} of memory that it may hold. Let it hold more, as in "
            f"{MEMORY}={more_memory()} where there is as much, and run it again. {STANDS}"
        )
    folder = _folder_in(text, paths)
    disk = shutil.disk_usage(folder)
    is_full, is_broken, is_read_only, is_denied = (
        any(words in text for words in kind) for kind in (FULL, BROKEN, READ_ONLY, DENIED)
    )
    if is_full or (is_broken and disk.free < NEARLY_FULL):
        what = f"is full: {_megabytes(disk.free)} of {_megabytes(disk.total)} are free. Make room there"
        return f"The disk of {paths.shown(folder)} {what} and run it again. {STANDS}"
    if is_read_only:
        what = "is read-only: nothing can be written there. Let it be written to (mount it so, or chmod u+w)"
    elif is_denied:
        what = f"is not open to the user {current_user()}. Give that user the right to it, or be the user whose it is,"
    elif is_broken:
        what = (
            "does not take what is written to it (an input/output error, or no right to write there). Have the disk "
            "looked at,"
        )
    else:
        return None
    return f"{paths.shown(folder)} {what} and run it again. {STANDS}"


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
    while not os.access(folder, os.F_OK):
        folder = folder.parent
    return folder


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
