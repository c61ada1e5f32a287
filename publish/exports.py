"""The current release as Parquet and CSV files, for tools that cannot read DuckDB or follow a symlink."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb

from publish.catalogue import described, literal, quoted
from publish.durable import sync

FORMATS = {"parquet": "format parquet, compression zstd", "csv": "format csv, header"}
READ_ONLY_MODE = 0o444


def export(release_file: Path, folder: Path) -> None:
    """Make `folder` hold every table and view of the release as <name>.parquet and <name>.csv, and nothing older.

    Each file is replaced whole. release.csv comes last: when it names a release, all the others are of it.
    """
    building = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    _write_tables(release_file, building)
    _move_all(building, folder)
    building.rmdir()


def is_complete(number: int, release_file: Path, folder: Path) -> bool:
    """Whether `folder` holds the files of release `number`, all of them and no others."""
    if _number_in(folder / "release.csv") != str(number):
        return False
    with duckdb.connect(str(release_file), read_only=True) as connection:
        names = described(connection, "current_database()")
    return {path.name for path in _exported(folder)} == {f"{name}.{suffix}" for name in names for suffix in FORMATS}


def _number_in(file: Path) -> str | None:
    if not file.is_file():
        return None
    with file.open(encoding="utf-8", newline="") as handle:
        return next(csv.DictReader(handle), {}).get("number")


def _exported(folder: Path) -> list[Path]:
    return [path for suffix in FORMATS for path in sorted(folder.glob(f"*.{suffix}"))]


def _write_tables(release_file: Path, folder: Path) -> None:
    with duckdb.connect(str(release_file), read_only=True) as connection:
        for name in described(connection, "current_database()"):
            for suffix, options in FORMATS.items():
                target = literal(str(folder / f"{name}.{suffix}"))
                connection.execute(f"copy (from marts.{quoted(name)}) to {target} ({options})")


def _move_all(building: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    files = sorted(_exported(building), key=lambda path: (path.name == "release.csv", path.name))
    *others, last = files
    for path in others:
        _move(path, folder)
    for path in {*_exported(folder)} - {folder / file.name for file in files}:
        path.unlink()
    sync(folder)
    _move(last, folder)
    sync(folder)


def _move(path: Path, folder: Path) -> None:
    path.chmod(READ_ONLY_MODE)
    sync(path)
    path.replace(folder / path.name)
