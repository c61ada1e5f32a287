"""Whether the files beside a release tell what it tells, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

Difference = tuple[str, str, str]  # file, column, and what differs first
Rows = list[tuple[Any, ...]]


def differences(release: Path, folder: Path) -> list[Difference]:
    """Where a file says otherwise than the table of the release that it is named after, or names none."""
    with duckdb.connect(str(release), read_only=True) as connection:
        sql = "select table_name from duckdb_columns() where schema_name = 'marts' and not internal group by all"
        names = [name for (name,) in connection.execute(f"{sql} order by all").fetchall()]
        expected = {f"{name}.{suffix}" for name in names for suffix in ("csv", "parquet")}
        strange = {file.name for file in folder.iterdir()} ^ expected
        found = [(name, "", "a file too many or too few") for name in sorted(strange)]
        for name in sorted(expected - strange):
            found += _of_file(connection, folder / name)
    return found


def _of_file(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Difference]:
    columns, own = _content(connection, f"marts.{file.stem}")
    named, told = _content(connection, _source(connection, file))
    if named != columns or len(told) != len(own):
        return [(file.name, "", f"{len(told)} rows of {named}, not {len(own)} of {columns}")]
    return [
        (file.name, column, f"{one[place]!r}, not {other[place]!r}")
        for place, column in enumerate(columns)
        for one, other in [next(((a, b) for a, b in zip(told, own, strict=True) if not _same(a, b, place)), ((), ()))]
        if one
    ]


def _source(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """A file as a table; the values of a CSV file have the types of the release."""
    if file.suffix == ".parquet":
        return f"'{file}'"
    types = connection.execute(f"select column_name, column_type from (describe marts.{file.stem})").fetchall()
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in types)
    options = "header = true, nullstr = '', allow_quoted_nulls = false, auto_detect = false, quote = '\"'"
    return f"read_csv('{file}', columns = {{{listed}}}, {options})"


def _content(connection: duckdb.DuckDBPyConnection, source: str) -> tuple[list[str], Rows]:
    found = connection.execute(f"from {source}")
    return [name for name, *_ in found.description or ()], found.fetchall()


def _same(one: tuple[Any, ...], other: tuple[Any, ...], place: int) -> bool:
    """In CSV a text that would be a formula has an apostrophe before it."""
    told, own = one[place], other[place]
    return told == own or (isinstance(own, str) and told == f"'{own}")
