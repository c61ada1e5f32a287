"""The folder of a release: its DuckDB file, the same tables as Parquet and CSV, and the pages of its rounds.

It is made under a hidden name and never changed once it has its own; what is to go has a hidden name first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from publish.releases import exports
from publish.report import pages
from publish.results import site
from publish.writing.files import PageFile, write
from store.durable import sync
from store.paths import DATABASE

READ_ONLY_MODE = 0o444  # a release is never changed
BUILDING, REMOVED = ".building", ".removed_"


@contextmanager
def _opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        yield connection


def fill(folder: Path, name: str, earlier: Path | None = None) -> None:
    """Write the other files of the release whose DuckDB file lies in `folder`; `name` is what it will be called, and
    `earlier` the folder of the release that readers have."""
    with _opened(folder) as connection:
        exports.export(connection, folder, earlier)
        write_pages(connection, folder, name, earlier)


def write_pages(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, earlier: Path | None = None) -> None:
    """Write the pages of the release that is open, of quality and of results, to report/ in `folder`."""
    write(connection, page_files(connection), folder, name, earlier)


def page_files(connection: duckdb.DuckDBPyConnection) -> Iterator[PageFile]:
    """What the release that is open holds for people."""
    yield from pages.files(connection, has_results=site.holds_results(connection))
    yield from site.files(connection)


def give_name(folder: Path, name: str) -> Path:
    """Force everything in the folder to the disk, for reading only, and give it its name; where it is then."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_file():
            path.chmod(READ_ONLY_MODE)
        sync(path)
    named = folder.replace(folder.with_name(name))
    sync(folder.parent)
    return named


def is_whole(folder: Path) -> bool:
    """Whether every file of the release is there."""
    with suppress(duckdb.Error), _opened(folder) as connection:
        names = exports.file_names(connection) | {file.place for file in page_files(connection)}
        return all((folder / name).is_file() for name in names)
    return False


def remove(path: Path) -> None:
    """Remove a folder, a file or a link if it is there, whole or not at all for whoever looks for its name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path if path.name.startswith(".") else path.replace(path.with_name(f"{REMOVED}{path.name}")))
    elif path.exists() or path.is_symlink():
        path.unlink()
