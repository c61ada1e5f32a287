"""Spark: a session of its own for dbt, with what it needs in the lake, which is private."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from faults.errors import Fault, Words, worded
from faults.told import ToldError
from orchestration.engines.functions import FUNCTIONS
from orchestration.engines.lake import TABLES, bring_back, check_lake, files_of, land, made_of, new_files
from store.environment import is_duckdb, spark_master
from store.paths import DataPaths

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession
    from upath import UPath

BringBack = Callable[[Iterable[Mapping[str, Any]]], None]


class EngineMissing(ToldError):
    """The engine that was asked for cannot run here; the message says what it lacks, and what to do."""


def check_engine() -> None:
    """Raises EngineMissing, and WrongUsage where there is no such engine."""
    if is_duckdb():
        return
    if not (find_spec("pyspark") and find_spec("dbt.adapters.spark")):
        raise _missing(worded("no-spark", "This environment has no pyspark and dbt-spark."))
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise _missing(worded("no-java", "There is no java here."))
    check_lake()


def _missing(words: Words) -> EngineMissing:
    return EngineMissing(str(Fault(words.code, "--engine spark", "", words.found, words.expected, words.advice)))


@contextmanager
def at_work(paths: DataPaths, *, is_whole: bool) -> Iterator[BringBack]:
    """A session that dbt finds, with the raw tables and functions; a whole build begins with an empty lake. Gives what
    brings models (nodes of the manifest) back."""
    files, warehouse = new_files(paths) if is_whole else files_of(paths), paths.warehouse_file
    session = _session(paths.lake, files)
    _refuse_what_cannot_be_cast()
    try:
        session.sql("create schema if not exists raw")
        for table, folder, columns in land(warehouse, files):
            session.sql(f"create table if not exists {table} ({columns}) using parquet location '{folder}'")
        teach_spark(session)
        yield lambda nodes: bring_back(
            warehouse,
            [made_of(node, dict(session.table(f"{node['schema']}.{node['name']}").dtypes), files) for node in nodes],
        )
    finally:
        session.stop()


def _session(lake: Path, files: UPath) -> SparkSession:
    """All that it writes beside the tables (spilt rows, metastore, logs) may hold answers: it lies in the private
    folder."""
    from pyspark.sql import SparkSession

    places = {name: lake / name for name in ("scratch", "temporary")}
    for folder in places.values():
        folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.sql.warehouse.dir": files / TABLES,
        "spark.local.dir": places["scratch"],
        "spark.hadoop.hive.exec.scratchdir": places["scratch"],
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={lake / 'metastore'};create=true",
        # A metastore that is lost is made anew, with the lake: it need not be durable.
        "spark.driver.extraJavaOptions": (
            f"-Djava.io.tmpdir={places['temporary']} -Dderby.system.home={lake} -Dderby.system.durability=test"
        ),
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.appName("kuntakysely").enableHiveSupport()
    if spark_master().startswith("local"):
        settings |= {
            "spark.ui.enabled": "false", "spark.driver.memory": "4g", "spark.sql.shuffle.partitions": "2",
        }  # fmt: skip
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    return builder.master(spark_master()).getOrCreate()


def _refuse_what_cannot_be_cast() -> None:
    """dbt-spark lets no profile say otherwise than that a text that is no number becomes null, and a sum that is too
    large another sum. DuckDB refuses both, and so does Spark here."""
    cursor = import_module("dbt.adapters.spark.session").Cursor
    make = cursor.__init__

    def make_strict(self: Any, **how: Any) -> None:
        make(self, **how)
        self.server_side_parameters = {**self.server_side_parameters, "spark.sql.ansi.enabled": "true"}

    cursor.__init__ = make_strict


def teach_spark(session: SparkSession) -> None:
    """Give a session the functions."""
    for each in FUNCTIONS:
        gives = each.gives if isinstance(each.gives, str) else _struct(each.gives)
        session.udf.register(each.name, each.as_asked(), re.sub(r"(\w+)\[\]", r"array<\1>", gives))


def _struct(fields: Mapping[str, str]) -> str:
    return f"struct<{', '.join(f'{name}: {type_}' for name, type_ in fields.items())}>"
