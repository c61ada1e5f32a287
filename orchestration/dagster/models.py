"""Each model and seed of dbt as an asset, from what dbt knows of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dagster import AssetKey, AssetSpec, TableColumn, TableSchema

from orchestration.dagster.checks import source_key

KINDS = {"dbt", "duckdb"}


def model_nodes(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What dbt makes, by unique id."""
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}


def model_key(node: Mapping[str, Any]) -> AssetKey:
    return AssetKey([node["schema"], node["name"]])


def model_specs(manifest: Mapping[str, Any]) -> list[AssetSpec]:
    """A spec for each; the raw tables of our source assets are what the first of them are made of."""
    nodes = model_nodes(manifest)
    return [
        AssetSpec(
            model_key(node),
            deps={_made_of(key, nodes, manifest) for key in node.get("depends_on", {}).get("nodes", ())},
            description=node["description"].strip(),
            group_name=node["schema"],
            kinds=KINDS,
            code_version=node["checksum"]["checksum"],
            metadata={"dagster/column_schema": _columns(node)},
        )
        for node in nodes.values()
    ]


def selection(manifest: Mapping[str, Any], keys: Collection[AssetKey]) -> list[str]:
    """What dbt has to be told so that it makes only these."""
    chosen = [node["name"] for node in model_nodes(manifest).values() if model_key(node) in keys]
    return ["--select", *chosen] if len(chosen) < len(model_nodes(manifest)) else []


def _made_of(key: str, nodes: Mapping[str, Mapping[str, Any]], manifest: Mapping[str, Any]) -> AssetKey:
    return model_key(nodes[key]) if key in nodes else source_key(manifest["sources"][key]["name"])


def _columns(node: Mapping[str, Any]) -> TableSchema:
    return TableSchema(
        [
            TableColumn(name, said.get("data_type") or "?", said.get("description"))
            for name, said in node["columns"].items()
        ]
    )
