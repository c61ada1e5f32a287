"""Spark beside DuckDB: a session, a warehouse's tables in it, the models as dbt compiles them for it, and what both
make of them, compared row by row."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

from orchestration.engines.spark import teach_spark
from store.paths import DataPaths
from tests.rendered import DBT

NEAR = 1e-12  # of a double: in what order it was summed
ROOMS = ("raw", "staging", "intermediate", "marts", "checks")
HELD = """
    select schema_name || '.' || table_name, column_name, data_type
    from duckdb_columns()
    where list_contains($rooms, schema_name)
    order by schema_name, table_name, column_index
"""
AS_SPARK = (
    ("VARCHAR", "string"), ("HUGEINT", "decimal(38, 0)"), ("INTEGER", "int"), ("TIMESTAMP WITH TIME ZONE", "timestamp"),
)  # fmt: skip
Connection = duckdb.DuckDBPyConnection


def session(folder: Path) -> SparkSession:
    """One on this machine, that writes in this folder."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.driver.memory": "3g", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC", "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.local.dir": str(folder),
    }  # fmt: skip
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    teach_spark(made)
    return made


def lend(spark: SparkSession, warehouse: Connection, folder: Path) -> None:
    """Each table and view of a warehouse in Spark, under its name and with its types."""
    for room in ROOMS:
        spark.sql(f"drop schema if exists {room} cascade")
        spark.sql(f"create schema {room}")
    for name, columns in held(warehouse).items():
        file = folder / f"{name}.parquet"
        selected = ", ".join(_lent(column, type_) for column, type_ in columns.items())
        warehouse.execute(f"copy (select {selected} from {name}) to '{file}' (format parquet)")
        declared = ", ".join(f"`{column}` {spark_type(type_)}" for column, type_ in columns.items())
        spark.sql(f"create table {name} ({declared}) using parquet location '{file}'")


def held(warehouse: Connection) -> dict[str, dict[str, str]]:
    """The columns of each table and view, and their types."""
    found: dict[str, dict[str, str]] = {}
    for name, column, type_ in warehouse.execute(HELD, {"rooms": [*ROOMS]}).fetchall():
        found.setdefault(name, {})[column] = type_
    return found


def _lent(column: str, type_: str) -> str:
    if type_ == "HUGEINT":
        return f'cast("{column}" as decimal(38, 0)) as "{column}"'
    return f'"{column}" at time zone \'UTC\' as "{column}"' if type_ == "TIMESTAMP" else f'"{column}"'


def spark_type(type_: str) -> str:
    """A type of DuckDB as Spark writes it."""
    if type_.endswith("[]"):
        return f"array<{spark_type(type_[:-2])}>"
    return dict(AS_SPARK).get(type_, type_.lower())


def compiled(paths: DataPaths, folder: Path, *selected: str, project: Path = DBT) -> dict[str, str]:
    """The SQL of the models as dbt makes it for Spark, by the models' tables; what it asks, it asks the session."""
    from dbt.cli.main import dbtRunner

    os.environ |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "KUNTAKYSELY_WAREHOUSE": str(paths.warehouse_file)}
    places = ("--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(folder))
    which = ("--select", *selected) if selected else ("--select", "resource_type:model")
    done = dbtRunner().invoke(
        ["--quiet", "--log-path", str(folder), "compile", "--target", "spark", "--full-refresh", *places, *which]
    )
    assert done.success, done.exception or [result.message for result in done.result]
    nodes = [result.node for result in done.result.results if result.node.language == "sql"]
    return {f"{node.schema}.{node.name}": node.compiled_code for node in nodes if node.resource_type == "model"}


def changed_project(folder: Path, slips: Mapping[str, str]) -> Path:
    """The models with other text in the macros of Spark."""
    project = folder / "dbt_project"
    shutil.copytree(DBT, project, ignore=shutil.ignore_patterns("target"))
    file = project / "engines" / "spark" / "portable.sql"
    text = file.read_text(encoding="utf-8")
    for right, wrong in slips.items():
        assert right in text
        text = text.replace(right, wrong)
    file.write_text(text, encoding="utf-8")
    return project


@dataclass(frozen=True)
class Outcome:
    """What came of a comparison: exact, near or different; how far doubles are apart; what is different."""

    name: str
    outcome: str
    n_rows: int
    furthest: float = 0.0
    said: str = ""

    def __str__(self) -> str:
        far = f"{self.furthest:.1e}" if self.furthest else ""
        return f"{self.outcome:<9} {self.n_rows:>7} {far:>8}  {self.name} {self.said}".rstrip()


def compare(spark: SparkSession, warehouse: Connection, name: str, sql: str, folder: Path) -> Outcome:
    """What Spark makes of a model beside the table that DuckDB made."""
    made = folder / "made" / name
    try:
        spark.sql(sql).write.mode("overwrite").parquet(str(made))
    except Exception as error:
        return Outcome(name, "different", 0, said=str(error)[:300].replace("\n", " "))
    columns = held(warehouse)[name]
    theirs = dict(
        warehouse.execute(f"select column_name, column_type from (describe from '{made}/*.parquet')").fetchall()
    )
    if columns.keys() != theirs.keys():
        return Outcome(name, "different", 0, said=f"columns: {sorted(columns.keys() ^ theirs.keys())}")
    if name.startswith("marts.") and (other := _of_other_types(columns, theirs)):
        return Outcome(name, "different", 0, said=f"types: {other}")
    cast = ", ".join(f'cast("{column}" as {type_}) as "{column}"' for column, type_ in columns.items())
    warehouse.execute("set timezone = 'UTC'")
    warehouse.execute(f"create or replace temp table theirs as select {cast} from '{made}/*.parquet'")
    listed = ", ".join(f'"{column}"' for column in columns)
    warehouse.execute(f"create or replace temp table ours as select {listed} from {name}")
    return _compared(warehouse, name, columns)


def _of_other_types(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    both = {column: (type_, theirs[column].replace(" WITH TIME ZONE", "")) for column, type_ in ours.items()}
    return {column: pair for column, pair in both.items() if pair[0] != pair[1]}


def _compared(warehouse: Connection, name: str, columns: Mapping[str, str]) -> Outcome:
    """Tables `ours` and `theirs`: every row with how often it is there, then doubles in the order of all the rest."""
    (n_rows,), (n_theirs,) = (warehouse.execute(f"select count(*) from {each}").fetchone() or (0,) for each in SIDES)
    n_missing, n_more = (_only_in(warehouse, *pair) for pair in (SIDES, SIDES[::-1]))
    if n_missing == n_more == 0:
        return Outcome(name, "exact", n_rows)
    doubles = [column for column, type_ in columns.items() if type_ == "DOUBLE"]
    if n_rows != n_theirs or not doubles:
        return Outcome(name, "different", n_rows, said=f"{n_missing} rows missing, {n_more} more")
    rest = [f'"{column}"' for column in columns if column not in doubles]
    order = ", ".join([*rest, *(f'"{column}"' for column in doubles)])
    ranked = [f"(select *, row_number() over (order by {order}) as nth from {side}) as {side}" for side in SIDES]
    is_same = " and ".join([*(f"ours.{each} is not distinct from theirs.{each}" for each in rest), "true"])
    apart = ", ".join(f"coalesce({_apart(column)}, 0)" for column in doubles)
    n_other, furthest = warehouse.execute(
        f"select count(*) filter (not ({is_same})), max(greatest({apart})) from {ranked[0]} inner join {ranked[1]} "
        "using (nth)"
    ).fetchone() or (0, 0)
    outcome = "near" if n_other == 0 and furthest <= NEAR else "different"
    return Outcome(name, outcome, n_rows, furthest, f"{n_other} rows" if n_other else "")


SIDES = ("ours", "theirs")


def _only_in(warehouse: Connection, one: str, other: str) -> int:
    (n,) = warehouse.execute(f"select count(*) from (from {one} except all from {other})").fetchone() or (0,)
    return int(n)


def _apart(column: str) -> str:
    """How far two doubles are apart, of their size where that is above 1; as far as can be where one is null."""
    ours, theirs = f'ours."{column}"', f'theirs."{column}"'
    return (
        f"case when ({ours} is null) <> ({theirs} is null) then 'infinity'::double "
        f"else abs({ours} - {theirs}) / greatest(1, abs({ours})) end"
    )
