"""Whether the files beside a release tell what it tells, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

Difference = tuple[str, str, str]  # file, column, and what differs first
Rows = list[tuple[Any, ...]]


def differences(release: Path, folder: Path) -> list[Difference]:
    """Where a file of a release's folder says otherwise than the table that it is named after, or names none."""
    with duckdb.connect(str(release), read_only=True) as connection:
        sql = "select table_name from duckdb_columns() where schema_name = 'marts' and not internal group by all"
        names = [name for (name,) in connection.execute(f"{sql} order by all").fetchall()]
        expected = {f"{suffix}/{name}.{suffix}" for name in names for suffix in ("csv", "parquet")}
        there_are = (*folder.glob("csv/*"), *folder.glob("parquet/*"))
        strange = {file.relative_to(folder).as_posix() for file in there_are} ^ expected
        found = [(name, "", "a file too many or too few") for name in sorted(strange)]
        for name in sorted(expected - strange):
            found += _of_file(connection, folder / name)
    return found


def _of_file(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Difference]:
    """The rows of a view come in any order."""
    columns, own = _content(connection, f"marts.{file.stem}")
    named, told = _content(connection, _source(connection, file))
    if named != columns or len(told) != len(own):
        return [(file.name, "", f"{len(told)} rows of {named}, not {len(own)} of {columns}")]
    found = {}
    for pair in zip(told, own, strict=True):
        for column, one, other in zip(columns, *pair, strict=True):
            if one != other:
                found[column] = f"{one!r}, not {other!r}"
    return [(file.name, column, what) for column, what in found.items()]


def _source(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """A file as a table; the values of a CSV file have the types of the release."""
    if file.suffix == ".parquet":
        return f"'{file}'"
    types = connection.execute(f"select column_name, column_type from (describe marts.{file.stem})").fetchall()
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in types)
    options = "header = true, nullstr = '', allow_quoted_nulls = false, auto_detect = false, quote = '\"'"
    return f"read_csv('{file}', columns = {{{listed}}}, {options})"


def _content(connection: duckdb.DuckDBPyConnection, source: str) -> tuple[list[str], Rows]:
    """The columns and the rows, which have their key first, in its order."""
    found = connection.execute(f"from {source}")
    names = [name for name, *_ in found.description or ()]
    return names, sorted((tuple(map(_plain, row)) for row in found.fetchall()), key=repr)


def _plain(value: object) -> object:
    """In CSV a text that would be a formula has an apostrophe before it."""
    return value.removeprefix("'") if isinstance(value, str) else value
