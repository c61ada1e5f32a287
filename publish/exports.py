"""The current release as Parquet and CSV files, for tools that cannot read DuckDB or follow a symlink."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb

from ingest.durable import sync
from publish.catalogue import described, literal, quoted

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


def _write_tables(release_file: Path, folder: Path, earlier: Path) -> None:
    """Write the tables to `folder`; `earlier` holds the files of some other release, or of none."""
    with duckdb.connect(str(release_file), read_only=True) as connection:
        kept = _kept_rows(connection) if _number_in(earlier / "release.csv") == _compared_with(connection) else {}
        for name in described(connection, "current_database()"):
            for suffix, options in FORMATS.items():
                file, n_kept = folder / f"{name}.{suffix}", kept.get(name, 0) if suffix == "csv" else 0
                if n_kept:
                    _extend_csv(connection, name, n_kept, earlier / file.name, file)
                else:
                    connection.execute(f"copy (from marts.{quoted(name)}) to {literal(str(file))} ({options})")


def _compared_with(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute("select compared_with::varchar from marts.release").fetchone()
    return row[0] if row else None


def _kept_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(connection.execute("select table_name, n_rows_kept from marts.release_table").fetchall())


def _extend_csv(connection: duckdb.DuckDBPyConnection, name: str, n_kept: int, earlier: Path, file: Path) -> None:
    """The file of the release before, with the rows that came: its own are the first of the table."""
    came = file.with_suffix(".came")
    connection.execute(
        f"copy (from marts.{quoted(name)} offset {n_kept}) to {literal(str(came))} (format csv, header false)"
    )
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
