"""The models without dbt: compiled once, then run on any raw tables in half a second, as they are or with a slip."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.dagster.dbt import BUILD
from store.builds import plan_build
from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.build import run_dbt
from tests.rendered import Slip


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it for a data folder whose codebook it holds."""

    name: str
    relation: str
    kind: str
    code: str
    language: str

    def make(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Build it where the models before it are."""
        if self.language == "sql":
            connection.execute(f"create or replace {self.kind} {self.relation} as {self.code}")
        else:
            connection.register("made", self._run(connection))
            connection.execute(f"create or replace table {self.relation} as from made")
            connection.unregister("made")

    def _run(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """What a model in Python gives: dbt writes the class dbtObj, which it is called with, below its code."""
        names: dict[str, Any] = {}
        exec(self.code, names)
        read = names["dbtObj"](lambda relation: connection.query(f"from {relation}"))
        return names["model"](read, connection)


def slipped(models: Sequence[Model], slip: Slip) -> tuple[Model, ...]:
    """The models with a mistake in one of them, which there must be."""
    (model,) = [each for each in models if each.name == slip.model]
    mistaken = replace(model, code=slip.made_in(model.code))
    return tuple(mistaken if each is model else each for each in models)


def compile_models(paths: DataPaths) -> tuple[Model, ...]:
    """The models in an order in which they can be run, after one run of dbt on the raw tables there are."""
    with opened(paths.warehouse_file) as connection:
        plan_build(connection)
    run_dbt(paths, *(each for each in BUILD if each != "--no-write-json"))
    nodes = json.loads((paths.dbt_target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    graph = {key: [each for each in node["depends_on"]["nodes"] if each in models] for key, node in models.items()}
    return tuple(_model(models[key]) for key in TopologicalSorter(graph).static_order())


def compile_marts(paths: DataPaths) -> tuple[Model, ...]:
    """The models without the checks, which no property looks at."""
    return tuple(model for model in compile_models(paths) if not model.relation.startswith("checks."))


def _model(node: dict[str, object]) -> Model:
    config = node["config"]
    assert isinstance(config, dict)
    kind = "view" if config["materialized"] == "view" else "table"
    relation = f"{node['schema']}.{node['name']}"
    return Model(str(node["name"]), relation, kind, str(node["compiled_code"]), str(node["language"]))


@contextmanager
def built(paths: DataPaths, models: Sequence[Model]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every model on the raw tables of a warehouse; nothing of it stays there."""
    with opened(paths.warehouse_file) as connection:
        plan_build(connection)
        connection.execute("begin")
        for model in models:
            model.make(connection)
        yield connection
        connection.execute("rollback")
