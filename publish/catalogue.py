"""What the schema marts of a database holds, column by column, and how it is made again elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

SCHEMA = "marts"


@dataclass(frozen=True)
class Column:
    """One column as a reader sees it."""

    name: str
    data_type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Relation:
    """One table or view of marts. `sql` is its definition with types, constraints and, for a view, its query."""

    name: str
    is_view: bool
    sql: str
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def is_by_round(self) -> bool:
        """A table whose rows are each of a survey and a round."""
        return not self.is_view and {"survey_id", "round_id"} <= {column.name for column in self.columns}


@dataclass(frozen=True)
class NewColumn:
    """A column of a table that publish/ makes itself."""

    name: str
    data_type: str
    comment: str


@dataclass(frozen=True)
class NewTable:
    """A table that publish/ makes itself; the columns of its key cannot be null."""

    name: str
    comment: str
    key: tuple[str, ...]
    columns: tuple[NewColumn, ...]


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def described(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Relation]:
    """The tables and views of `database`.marts by name; `database` is an SQL expression of a catalogue's name."""
    rows = connection.execute(
        f"""
        select table_name, false, sql, comment from duckdb_tables()
        where database_name = {database} and schema_name = '{SCHEMA}'
        union all
        select view_name, true, sql, comment from duckdb_views()
        where database_name = {database} and schema_name = '{SCHEMA}'
        order by all
        """
    ).fetchall()
    columns = _columns(connection, database)
    return {name: Relation(name, is_view, sql, comment, columns[name]) for name, is_view, sql, comment in rows}


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[Column, ...]]:
    rows = connection.execute(
        f"""
        select table_name, column_name, data_type, is_nullable, comment from duckdb_columns()
        where database_name = {database} and schema_name = '{SCHEMA}'
        order by table_name, column_index
        """
    ).fetchall()
    found: dict[str, tuple[Column, ...]] = {}
    for table, *column in rows:
        found[table] = (*found.get(table, ()), Column(*column))
    return found


def undescribed(relation: Relation) -> list[str]:
    """The relation and those of its columns that have no comment, as places."""
    place = f"{SCHEMA}.{relation.name}"
    places = [(place, relation.comment), *((f"{place}.{c.name}", c.comment) for c in relation.columns)]
    return [name for name, comment in places if not (comment or "").strip()]


def create(connection: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    """Make an empty table, or a view, in the default catalogue as it is elsewhere, comments included."""
    connection.execute(relation.sql)
    kind = "view" if relation.is_view else "table"
    _comment(connection, kind, relation.name, relation.comment or "", ((c.name, c.comment) for c in relation.columns))


def create_new(connection: duckdb.DuckDBPyConnection, table: NewTable) -> None:
    """Make one of our own tables, empty, in the default catalogue."""
    columns = [f"{quoted(column.name)} {column.data_type}" for column in table.columns]
    key = ", ".join(quoted(name) for name in table.key)
    connection.execute(f"create table {SCHEMA}.{quoted(table.name)} ({', '.join(columns)}, primary key ({key}))")
    _comment(connection, "table", table.name, table.comment, ((c.name, c.comment) for c in table.columns))


def _comment(
    connection: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str, columns: Iterable[tuple[str, str | None]]
) -> None:
    relation = f"{SCHEMA}.{quoted(name)}"
    connection.execute(f"comment on {kind} {relation} is {literal(comment)}")
    for column, text in columns:
        connection.execute(f"comment on column {relation}.{quoted(column)} is {literal(text or '')}")
