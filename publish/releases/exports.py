"""A release as Parquet and CSV files, for tools that cannot read DuckDB."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from publish.catalogue import described, literal, quoted
from publish.releases.spreadsheets import select_cells

FORMATS = {"parquet": "format parquet, compression zstd", "csv": "format csv, header"}


def file_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The files of the release that is open, by their place in its folder."""
    names = described(connection, "current_database()")
    return {f"{suffix}/{name}.{suffix}" for name in names for suffix in FORMATS}


def export(connection: duckdb.DuckDBPyConnection, folder: Path, earlier: Path | None = None) -> None:
    """Write every table and view of the release that is open to parquet/ and csv/ of a new folder.

    `earlier` is the folder of the release that readers have: CSV files whose rows are all there begin as copies of its.
    """
    for suffix in FORMATS:
        (folder / suffix).mkdir(parents=True)
    kept = _kept_rows(connection) if earlier and _is_extended(connection, earlier) else {}
    for name in described(connection, "current_database()"):
        for suffix, options in FORMATS.items():
            place = f"{suffix}/{name}.{suffix}"
            if earlier and suffix == "csv" and kept.get(name) and (earlier / place).is_file():
                _extend_csv(connection, name, kept[name], earlier / place, folder / place)
            else:
                rows = _rows(connection, name, suffix)
                connection.execute(f"copy ({rows}) to {literal(str(folder / place))} ({options})")


def _rows(connection: duckdb.DuckDBPyConnection, name: str, suffix: str) -> str:
    """The query of a table; in CSV no text is a formula."""
    relation = f"marts.{quoted(name)}"
    return select_cells(connection, relation) if suffix == "csv" else f"from {relation}"


def _is_extended(connection: duckdb.DuckDBPyConnection, earlier: Path) -> bool:
    """Whether that folder is of the release that this one is compared with, and its files were written by the same
    code."""
    told = _told_in(earlier / "csv" / "release.csv")
    row = connection.execute("select compared_with::varchar, code_sha256 from marts.release").fetchone()
    return row == (told.get("number", ""), told.get("code_sha256", ""))


def _told_in(file: Path) -> Mapping[str, str]:
    """What a release.csv tells of its release; nothing where there is none."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as handle:
        return next(csv.DictReader(handle), {})


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
