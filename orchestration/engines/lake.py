"""The lake: Parquet files by which another engine reads the raw tables, and what it made of them, which is brought back
into the private warehouse. All that follows (checks, gate, hiding, release) reads the warehouse and no engine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from faults.told import ToldError
from store.builds import KEPT, note_tables
from store.environment import LAKE, is_duckdb, lake_address
from store.paths import DataPaths
from store.warehouse import columns_of, opened, table_signature, transaction

if TYPE_CHECKING:
    from upath import UPath

AS_LEFT, TABLES = "as_left", "tables"
OWN = "kuntakysely_lake"  # in a place that is named: what else lies there is let be
ADDRESS = "address"  # beside what an engine writes here: where the files lie
HERE = ("", "file")  # protocols of places that DuckDB knows by itself
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


class LakeUnreachable(ToldError):
    """The place that is named for the lake cannot be used; the message says why."""


@dataclass(frozen=True)
class Made:
    """A table that an engine made: its name, the folder of its files, and its columns with their types."""

    name: str
    folder: UPath
    columns: Mapping[str, str]
    never_null: frozenset[str] = frozenset()
    comments: Mapping[str, str] | None = None  # by column; that of the table under no name


def check_lake() -> None:
    """Look whether the place that is named for the lake can be used. Raises LakeUnreachable."""
    if address := lake_address():
        with _reaching(address), suppress(FileNotFoundError):
            place = _at(address)
            if not place.is_absolute() or place.fs.info(place.path)["type"] == "file":
                raise _unreachable(address, "is no whole path of a folder")


@contextmanager
def _reaching(address: str) -> Iterator[None]:
    try:
        yield
    except ToldError:
        raise
    except Exception as error:  # each store has its own
        raise _unreachable(address, f"cannot be reached ({type(error).__name__}: {error})") from None


def _unreachable(address: str, why: str) -> LakeUnreachable:
    return LakeUnreachable(
        f"The lake's place {address} {why}. {LAKE} names the whole path of a folder, or the address of one in an "
        "object store as fsspec writes it, like s3a://bucket/folder; the library that reaches it must be installed "
        "beside this program, with its keys where that looks for them. Without the variable the lake lies in the data "
        "folder."
    )


def _at(address: str) -> UPath:
    from upath import UPath

    return UPath(address)


def files_of(paths: DataPaths) -> UPath:
    """Where the files of the lake lie: in the private folder, or in one of their own where `KUNTAKYSELY_LAKE` says."""
    return _at(lake_address()) / OWN if lake_address() else _at(str(paths.lake))


def new_files(paths: DataPaths) -> UPath:
    """An empty place for the files of a lake that is made anew."""
    remove(paths)
    files = files_of(paths)
    for folder in (paths.lake, files / TABLES):
        folder.mkdir(parents=True, exist_ok=True)
    (paths.lake / ADDRESS).write_text(str(files), encoding="utf-8")
    return files


def remove(paths: DataPaths) -> None:
    """Remove the lake: what an engine wrote here, and the files wherever the last build put them."""
    address = paths.lake / ADDRESS
    last = _at(address.read_text(encoding="utf-8")) if address.exists() else files_of(paths)
    for files in dict.fromkeys((last, files_of(paths))):  # the last first: where it is stands in the other
        with _reaching(str(files)), suppress(FileNotFoundError):
            files.fs.info(files.path)  # to `exists`, a store that cannot be reached has no such file
            files.fs.rm(files.path, recursive=True)
    shutil.rmtree(paths.lake, ignore_errors=True)


def land(warehouse: Path, files: UPath) -> Iterator[tuple[str, UPath, str]]:
    """Write each raw table as a file of the lake, in a folder of its own and named by what it holds: one that is there
    is not written again. Gives table, folder and columns with their types."""
    with opened(warehouse, read_only=True) as connection:
        _reach(connection, files)
        for name, columns in connection.execute(COLUMNS_OF_RAW).fetchall():
            folder = files / "raw" / name
            folder.mkdir(parents=True, exist_ok=True)
            _land(connection, f"raw.{name}", folder)
            yield f"raw.{name}", folder, columns


def _land(connection: duckdb.DuckDBPyConnection, table: str, folder: UPath) -> None:
    n_rows, content = table_signature(connection, table)
    file = folder / f"{n_rows}_{content}.parquet"
    for other in {*folder.glob("*")} - {file}:
        other.unlink()
    if not file.exists():
        connection.execute(f"copy {table} to '{file}' (format parquet)")


def _reach(connection: duckdb.DuckDBPyConnection, files: UPath) -> None:
    """Let DuckDB read and write there."""
    if files.protocol not in (*HERE, *connection.list_filesystems()):
        connection.register_filesystem(files.fs)


def bring_back(warehouse: Path, tables: Iterable[Made]) -> None:
    """Put tables in the place of those in the warehouse: all or none."""
    with opened(warehouse) as connection, transaction(connection):
        connection.execute("set timezone to 'UTC'")
        for table in tables:
            _reach(connection, table.folder)
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


def made_of(node: Mapping[str, Any], types: Mapping[str, str], files: UPath) -> Made:
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
        files / TABLES / f"{node['schema']}.db" / node["name"],
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
    mark = files_of(paths) / AS_LEFT
    if not mark.exists() or mark.read_text(encoding="utf-8") != _as_kept(connection, paths):
        if not is_whole:
            raise LakeBehind("Single models are made of tables that are not there yet. First: kuntakysely refresh")
        note_tables(connection, ())
    mark.unlink(missing_ok=True)


def end(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """After a build that made all that it was asked for: the lake holds what the warehouse does."""
    if not is_duckdb():
        (files_of(paths) / AS_LEFT).write_text(_as_kept(connection, paths), encoding="utf-8")


def _as_kept(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> str:
    """By the tables that the warehouse keeps, and where both lie: the metastore knows whole paths."""
    kept = table_signature(connection, KEPT) if columns_of(connection, KEPT) else None
    return f"{paths.lake} {files_of(paths)} {kept}"
