"""Each model and seed of dbt as an asset, from what dbt knows of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dagster import AssetKey, AssetSpec, CodeReferencesMetadataValue, LocalFileCodeReference, TableColumn, TableSchema

from orchestration.dagster.checks import source_key
from orchestration.dagster.dbt import DBT_PROJECT
from store.environment import engine

DATA_TEAM, SURVEY_TEAM = "team:data_engineers", "team:survey_team"  # who mends what breaks; who answers for the rounds


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
            kinds={"dbt", engine()},
            owners=[DATA_TEAM],
            code_version=node["checksum"]["checksum"],
            metadata=_columns(node) | {"dagster/code_references": _files(node)},
        )
        for node in nodes.values()
    ]


def selection(manifest: Mapping[str, Any], keys: Collection[AssetKey]) -> list[str]:
    """What dbt has to be told so that it makes only these."""
    chosen = [node["name"] for node in model_nodes(manifest).values() if model_key(node) in keys]
    return ["--select", *chosen] if len(chosen) < len(model_nodes(manifest)) else []


def _made_of(key: str, nodes: Mapping[str, Mapping[str, Any]], manifest: Mapping[str, Any]) -> AssetKey:
    return model_key(nodes[key]) if key in nodes else source_key(manifest["sources"][key]["name"])


def _columns(node: Mapping[str, Any]) -> dict[str, Any]:
    """Of published tables: columns.md has the words of the others."""
    columns = [
        TableColumn(name, said.get("data_type") or "?", said["description"]) for name, said in node["columns"].items()
    ]
    return {"dagster/column_schema": TableSchema(columns)} if columns else {}


def _files(node: Mapping[str, Any]) -> CodeReferencesMetadataValue:
    """Where it is written, and the page of its descriptions beside it."""
    names = [node["original_file_path"], (node.get("patch_path") or "").partition("://")[2]]
    return CodeReferencesMetadataValue(
        code_references=[
            LocalFileCodeReference(file_path=str(DBT_PROJECT / name), label=name.rpartition("/")[2])
            for name in names
            if name
        ]
    )
