"""The current release as Parquet and CSV files, for tools that cannot read DuckDB or follow a symlink."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from publish.catalogue import described, literal, quoted
from publish.releases.spreadsheets import select_cells
from store.durable import sync

FORMATS = {"parquet": "format parquet, compression zstd", "csv": "format csv, header"}
READ_ONLY_MODE = 0o444


def export(release_file: Path, folder: Path) -> None:
    """Make `folder` hold every table and view of the release as <name>.parquet and <name>.csv, and nothing older.

    Each file is replaced whole. release.csv comes last: when it names a release, all the others are of it.
    """
    building = folder.with_name(f".{folder.name}.building")
    if building.exists():
        shutil.rmtree(building)
    building.mkdir(parents=True)
    _write_tables(release_file, building, folder)
    _move_all(building, folder)
    building.rmdir()


def is_complete(number: int, release_file: Path, folder: Path) -> bool:
    """Whether `folder` holds the files of release `number`, all of them and no others."""
    if _told_in(folder / "release.csv").get("number") != str(number):
        return False
    with duckdb.connect(str(release_file), read_only=True) as connection:
        names = described(connection, "current_database()")
    return {path.name for path in _exported(folder)} == {f"{name}.{suffix}" for name in names for suffix in FORMATS}


def _told_in(file: Path) -> Mapping[str, str]:
    """What a release.csv tells of its release; nothing where there is none."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as handle:
        return next(csv.DictReader(handle), {})


def _exported(folder: Path) -> list[Path]:
    return [path for suffix in FORMATS for path in sorted(folder.glob(f"*.{suffix}"))]


def _write_tables(release_file: Path, folder: Path, earlier: Path) -> None:
    """Write the tables to `folder`; `earlier` holds the files of some other release, or of none."""
    with duckdb.connect(str(release_file), read_only=True) as connection:
        kept = _kept_rows(connection) if _is_extended(connection, _told_in(earlier / "release.csv")) else {}
        for name in described(connection, "current_database()"):
            for suffix, options in FORMATS.items():
                file, n_kept = folder / f"{name}.{suffix}", kept.get(name, 0) if suffix == "csv" else 0
                if n_kept:
                    _extend_csv(connection, name, n_kept, earlier / file.name, file)
                else:
                    rows = _rows(connection, name, suffix)
                    connection.execute(f"copy ({rows}) to {literal(str(file))} ({options})")


def _rows(connection: duckdb.DuckDBPyConnection, name: str, suffix: str) -> str:
    """The query of a table; in CSV no text is a formula."""
    relation = f"marts.{quoted(name)}"
    return select_cells(connection, relation) if suffix == "csv" else f"from {relation}"


def _is_extended(connection: duckdb.DuckDBPyConnection, earlier: Mapping[str, str]) -> bool:
    """Whether the files there are of the release before, and written by the same code."""
    row = connection.execute("select compared_with::varchar, code_sha256 from marts.release").fetchone()
    return row == (earlier.get("number", ""), earlier.get("code_sha256", ""))


def _kept_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(connection.execute("select table_name, n_rows_kept from marts.release_table").fetchall())


def _extend_csv(connection: duckdb.DuckDBPyConnection, name: str, n_kept: int, earlier: Path, file: Path) -> None:
    """The file of the release before, with the rows that came: its own are the first of the table."""
    came = file.with_suffix(".came")
    rows = f"{_rows(connection, name, 'csv')} offset {n_kept}"
    connection.execute(f"copy ({rows}) to {literal(str(came))} (format csv, header false)")
    shutil.copyfile(earlier, file)
    with file.open("ab") as target, came.open("rb") as source:
        shutil.copyfileobj(source, target)
    came.unlink()


def _move_all(building: Path, folder: Path) -> None:
    """release.csv goes first and comes last: in between the folder says of no release that it holds it."""
    folder.mkdir(exist_ok=True)
    (folder / "release.csv").unlink(missing_ok=True)
    sync(folder)
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
