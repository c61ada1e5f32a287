"""The lake: Parquet files by which another engine reads the raw tables, and what it made of them, which is brought back
into the private warehouse. All that follows (checks, gate, hiding, release) reads the warehouse and no engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from faults.told import ToldError
from store.builds import KEPT, note_tables
from store.environment import is_duckdb
from store.paths import DataPaths
from store.warehouse import columns_of, opened, table_signature, transaction

AS_LEFT = "as_left"
KEPT_BY = ("survey_id", "round_id")  # tables that keep rounds, where they do not say by what
COLUMNS_OF_RAW = """
    select
        table_name,
        string_agg(column_name || ' ' || replace(lower(data_type), 'varchar', 'string'), ', ' order by column_index)
    from duckdb_columns()
    where schema_name = 'raw'
    group by table_name
"""


class LakeBehind(ToldError):
    """The lake does not hold what the warehouse does; the message says what to do."""


@dataclass(frozen=True)
class Made:
    """A table that an engine made: its name, the folder of its files, and its columns with their types."""

    name: str
    folder: Path
    columns: Mapping[str, str]
    never_null: frozenset[str] = frozenset()
    comments: Mapping[str, str] | None = None  # by column; that of the table under no name


def land(warehouse: Path, lake: Path) -> Iterator[tuple[str, Path, str]]:
    """Write each raw table as a file of the lake, in a folder of its own. Gives table, folder and columns with their
    types."""
    with opened(warehouse, read_only=True) as connection:
        for name, columns in connection.execute(COLUMNS_OF_RAW).fetchall():
            folder = lake / "raw" / name
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy raw.{name} to '{folder}/rows.parquet' (format parquet)")
            yield f"raw.{name}", folder, columns


def bring_back(warehouse: Path, tables: Iterable[Made]) -> None:
    """Put tables in the place of those in the warehouse: all or none."""
    with opened(warehouse) as connection, transaction(connection):
        connection.execute("set timezone to 'UTC'")
        for table in tables:
            _bring_back(connection, table)


def _bring_back(connection: duckdb.DuckDBPyConnection, made: Made) -> None:
    columns = ", ".join(
        f'"{name}" {type_}{" not null" * (name in made.never_null)}' for name, type_ in made.columns.items()
    )
    connection.execute(f"create or replace table {made.name} ({columns})")
    if any(made.folder.rglob("*.parquet")):
        listed = ", ".join(f'"{name}"' for name in made.columns)
        connection.execute(
            f"insert into {made.name} select {listed} from read_parquet('{made.folder}/**/*.parquet', "
            "hive_partitioning = true, hive_types_autocast = false)"
        )
    for name, words in (made.comments or {}).items():
        what = f'column {made.name}."{name}"' if name else f"table {made.name}"
        connection.execute(f"comment on {what} is '{words.replace(chr(39), 2 * chr(39))}'")


def made_of(node: Mapping[str, Any], types: Mapping[str, str], lake: Path) -> Made:
    """A model as an engine made it with these columns (types as Spark writes them). Where it has a contract, its
    columns are as that says; else those that the files are kept by go first again."""
    name, config, said = f"{node['schema']}.{node['name']}", node["config"], node["columns"]
    kept_by = config.get("kept_by", KEPT_BY) if config["materialized"] == "incremental" else ()
    columns = {each: duckdb_type(types[each]) for each in (*kept_by, *(each for each in types if each not in kept_by))}
    if config["contract"]["enforced"]:
        columns = {each: column["data_type"] for each, column in said.items()}
    comments = {"": node["description"], **{each: column["description"] for each, column in said.items()}}
    return Made(
        name,
        lake / "tables" / f"{node['schema']}.db" / node["name"],
        columns,
        frozenset(each for each, column in said.items() if {"not_null"} & {c["type"] for c in column["constraints"]}),
        comments if config["persist_docs"].get("relation") else None,
    )


def duckdb_type(type_: str) -> str:
    """A type of Spark as DuckDB writes it."""
    return re.sub(r"^array<(.*)>$", lambda found: f"{duckdb_type(found[1])}[]", type_).replace("_ntz", "")


def begin(connection: duckdb.DuckDBPyConnection, paths: DataPaths, *, is_whole: bool) -> None:
    """Before a build by another engine, whose tables change one by one: from here on nothing vouches for the lake. One
    that is not as the last build left it is made anew, and every round with it. Raises LakeBehind."""
    if is_duckdb():
        return
    mark = paths.lake / AS_LEFT
    if not mark.exists() or mark.read_text(encoding="utf-8") != _as_kept(connection, paths):
        if not is_whole:
            raise LakeBehind("Single models are made of tables that are not there yet. First: kuntakysely refresh")
        note_tables(connection, ())
    mark.unlink(missing_ok=True)


def end(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """After a build that made all that it was asked for: the lake holds what the warehouse does."""
    if not is_duckdb():
        (paths.lake / AS_LEFT).write_text(_as_kept(connection, paths), encoding="utf-8")


def _as_kept(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> str:
    """By the tables that the warehouse keeps, and where the lake lies: its metastore knows whole paths."""
    return f"{paths.lake} {table_signature(connection, KEPT) if columns_of(connection, KEPT) else None}"
