"""The private DuckDB file: the only module that opens it for writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from faults.told import ExitCode, ToldError
from store.environment import memory_limit

if TYPE_CHECKING:
    import pyarrow as pa

Where: TypeAlias = Mapping[str, str | int | None]  # of rows: what stands in these columns
SCHEMAS = ("raw", "staging", "intermediate", "marts", "checks")
# Nobody but this DuckDB reads the private file: as the newest stores it, it is written and opened in half the time.
STORED: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "latest"}
FEW_ROWS = 4_000_000  # of a table: with fewer, a second thread costs more than it does, a tenth of a refresh


class WarehouseHeld(ToldError):
    """Another program has the private file open."""

    exit_code = ExitCode.RUNNING


class WarehouseDamaged(RuntimeError):
    """The private file is no database any more. It can be deleted: everything in it is built anew."""


@contextmanager
def opened(file: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the private warehouse, closed at the end whatever happens. Raises WarehouseHeld
    and WarehouseDamaged."""
    try:
        connection = duckdb.connect(str(file), read_only=read_only, config=STORED)
    except duckdb.IOException as error:
        if "not a valid DuckDB" in str(error):
            raise WarehouseDamaged(f"{file.name} in the folder warehouse/{file.parent.name}/ is damaged") from None
        if "lock" not in str(error):
            raise
        raise WarehouseHeld(
            f"{file.name} in the folder warehouse/{file.parent.name}/ is open in another program. Close it there and "
            "run again; to look at figures, open published/current.duckdb."
        ) from None
    try:
        if not read_only:
            with transaction(connection):
                for schema in SCHEMAS:
                    connection.execute(f"create schema if not exists {schema}")
        bound(connection)
        yield connection
    except BaseException:
        connection.interrupt()  # or it would first do to its end a query that somebody has broken off
        raise
    finally:
        connection.close()


def bound(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold DuckDB to its memory, and have it share its work between the cores only where a table of those that are
    attached is large."""
    connection.execute(f"set memory_limit = '{memory_limit()}'")
    largest = connection.execute("select max(estimated_size) from duckdb_tables()").fetchone()
    if largest is not None and (largest[0] or 0) < FEW_ROWS:
        connection.execute("set threads = 1")


def make_free(file: Path) -> None:
    """Make sure that the file can be written to: a damaged one is deleted. Raises WarehouseHeld."""
    if file.exists():
        try:
            with opened(file):
                pass
        except WarehouseDamaged:
            file.unlink()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def replace_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, where: Where | None = None) -> None:
    """Replace the rows of `table` that `where` names (all of them without it) by `rows`.

    A None in `where` stands for NULL. The table is made from the schema of `rows` when it is missing, or when its
    columns are not those of `rows`.
    """
    if columns_of(connection, table) != rows.column_names:
        _from_rows(connection, f"create or replace table {table} as", rows)
        return
    condition = " and ".join(f'"{column}" is not distinct from ?' for column in where) if where else "true"
    connection.execute(f"delete from {table} where {condition}", list(where.values()) if where else [])
    add_rows(connection, table, rows)


def add_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Put rows beside those of `table`, which has their columns."""
    if rows.num_rows:  # many a table of a round has none, which DuckDB takes milliseconds to see
        _from_rows(connection, f"insert into {table}", rows)


def _from_rows(connection: duckdb.DuckDBPyConnection, make: str, rows: pa.Table) -> None:  # noqa: ARG001
    """DuckDB finds `rows` by its name here. What is registered would be held until the transaction ends: all cells of
    a round."""
    connection.execute(f"{make} from rows")


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Column names of `schema.table` in order; an empty list when there is no such table."""
    try:
        found = connection.execute("select name from pragma_table_info(?)", [table]).fetchall()
    except duckdb.CatalogException:
        return []
    return [column for (column,) in found]


def signature_sql(row: str) -> str:
    """SQL for how many rows there are and a hash of them whatever their order, as n and content; `row` says what of a
    row is looked at."""
    return f"count(*) as n, coalesce(sum(hash({row})), 0)::varchar as content"


def table_signature(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """Row count and an order-free content hash of `schema.table`: what a check saw, to be compared later."""
    row = connection.execute(f"select {signature_sql('t')} from {table} as t").fetchone()
    assert row is not None
    return int(row[0]), str(row[1])
