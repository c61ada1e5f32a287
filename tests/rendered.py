"""The project's own models and macros, rendered without dbt and run in DuckDB on tables that a test makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from ruamel.yaml import YAML

from orchestration.engines.functions import FUNCTIONS, teach_duckdb
from store.paths import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
SETTINGS = YAML(typ="safe").load(DBT / "dbt_project.yml")


class Named(str):
    """A table, as dbt names it."""

    def include(self, **_: bool) -> Named:
        return self


@cache
def _environment(engine: str) -> jinja2.Environment:
    """One that has the project's macros, settings and references as dbt gives them on a first build."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals |= {
        "ref": Named,
        "source": lambda schema, name: f"{schema}__{name}",
        "var": lambda name: SETTINGS["vars"][name],
        "config": lambda **_: "",
        "is_incremental": lambda: False,
        "execute": False,
        "this": "this",
        "model": {},
        "run_started_at": "2024-01-31 12:00:00",
    }
    folders = (DBT / "macros", DBT / "checks", DBT / "engines" / engine)
    text = "".join(file.read_text(encoding="utf-8") for folder in folders for file in sorted(folder.rglob("*.sql")))
    environment.globals |= vars(environment.from_string(text).module)
    return environment


def rendered(sql: str, engine: str = "duckdb", model: Mapping[str, Any] | None = None) -> str:
    """SQL as dbt fills it in on a first build; what a model's YAML file says of it, where its macros ask."""
    environment = _environment(engine)
    said: Any = environment.globals["model"]
    said |= model or {}
    return environment.from_string(sql).render()


@dataclass(frozen=True)
class Slip:
    """A mistake that somebody could make in a model; the right text must be there."""

    model: str
    right: str
    wrong: str

    def made_in(self, sql: str) -> str:
        """No assertion: whoever waits for one, as a sign that the mistake was seen, must not take this for it."""
        if self.right not in sql:
            raise LookupError(f"{self.right} is not in {self.model}")
        return sql.replace(self.right, self.wrong)


def make(connection: duckdb.DuckDBPyConnection, *models: str, slip: Slip | None = None) -> None:
    """Build models in their order, as tables of their own names; what they read must be there."""
    for name in models:
        (file,) = (DBT / "models").rglob(f"{name}.sql")
        sql = file.read_text(encoding="utf-8")
        sql = slip.made_in(sql) if slip and slip.model == name else sql
        teach_what_it_calls(connection, sql)
        connection.execute(f"create or replace table {name} as {rendered(sql)}")


def teach_what_it_calls(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Give a connection the functions that SQL lacks, where it needs one: dbt does so to each of its own."""
    if any(f"{each.name}(" in sql for each in FUNCTIONS):
        teach(connection)


def teach(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection all of them, once: before a transaction that is undone, for they cannot be given again."""
    known = "select count(*) from duckdb_functions() where function_name = ?"
    if connection.execute(known, [FUNCTIONS[0].name]).fetchone() == (0,):
        teach_duckdb(connection)


def read(file: Path) -> str:
    """A CSV file as R reads it."""
    return f"read_csv('{file}', nullstr=['', 'NA'])"
