"""The models as dbt makes them, without dbt: it runs once in a run of the tests, on the sample; other data folders are
built by what it made of it, in a tenth of the time. Of a data folder only the conditions of its codebook differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from tests.pipeline.build import built_once
from tests.rendered import DBT, teach_what_it_calls

CONDITIONS = "int_conditions_met"
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it, and the statement that dbt made it with where there was no such table."""

    name: str
    relation: str
    kind: str
    code: str
    statement: str
    comments: tuple[str, ...]
    reads: frozenset[str]

    def make(self, connection: Connection) -> None:
        """Build it where the models before it are, in place of what is there; without what its YAML file asks."""
        code = conditions_met(connection) if self.name == CONDITIONS else self.code
        teach_what_it_calls(connection, code)
        connection.execute(f"create or replace {self.kind} {self.relation} as {code}")

    def define(self, connection: Connection) -> None:
        """Build it as dbt does: with types, what is never null, and comments."""
        if self.name != CONDITIONS and self.statement:
            teach_what_it_calls(connection, self.statement)
            connection.execute(self.statement)
        else:
            self.make(connection)
        for comment in self.comments:
            connection.execute(comment)


@cache
def manifest() -> dict[str, Any]:
    """What dbt wrote of the models when it had made them."""
    read: dict[str, Any] = json.loads((built_once().dbt_target / "manifest.json").read_text(encoding="utf-8"))
    return read


@cache
def models() -> tuple[Model, ...]:
    """Every model and seed, in an order in which they can be made."""
    nodes = {key: node for key, node in manifest()["nodes"].items() if node["resource_type"] in ("model", "seed")}
    graph = {
        key: [each for each in node["depends_on"].get("nodes", ()) if each in nodes] for key, node in nodes.items()
    }
    return tuple(_model(nodes[key]) for key in TopologicalSorter(graph).static_order())


def marts() -> tuple[Model, ...]:
    """The models without the checks."""
    return tuple(model for model in models() if not model.relation.startswith("checks."))


def _model(node: dict[str, Any]) -> Model:
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    is_seed = node["resource_type"] == "seed"
    made = (built_once().dbt_target / "run" / node["package_name"] / node["original_file_path"]).read_text("utf-8")
    return Model(
        node["name"],
        f"{node['schema']}.{node['name']}",
        kind,
        _seed(node) if is_seed else node["compiled_code"],
        "" if is_seed else made,
        tuple(_comments(node, kind)),
        frozenset(key.rpartition(".")[2] for key in node["depends_on"].get("nodes", ())),
    )


def _seed(node: dict[str, Any]) -> str:
    types = ", ".join(f"'{name}': '{type_}'" for name, type_ in node["config"]["column_types"].items())
    return f"from read_csv('{DBT / node['original_file_path']}', columns = {{{types}}})"


def _comments(node: dict[str, Any], kind: str) -> list[str]:
    if not node["config"]["persist_docs"].get("relation"):
        return []
    relation = node["relation_name"]
    of_columns = [(f"column {relation}.{column['name']}", column["description"]) for column in node["columns"].values()]
    told = [(f"{kind} {relation}", node["description"]), *of_columns]
    return [f"comment on {what} is '{words.replace(chr(39), 2 * chr(39))}'" for what, words in told]


def conditions_met(connection: Connection) -> str:
    """The one model whose SQL dbt makes of what a data folder says, as it makes it."""
    nodes = manifest()["nodes"].values()
    relations = {node["name"]: node["relation_name"] for node in nodes}
    (code,) = [node["raw_code"] for node in nodes if node["name"] == CONDITIONS]
    files = (DBT / "macros" / "conditions.sql", DBT / "engines" / "duckdb" / "portable.sql")
    macros = "".join(file.read_text(encoding="utf-8") for file in files)
    return jinja2.Template(macros + code, undefined=jinja2.StrictUndefined).render(
        execute=True,
        ref=relations.__getitem__,
        run_query=lambda sql: SimpleNamespace(rows=connection.execute(sql).fetchall()),
    )
