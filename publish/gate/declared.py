"""What a mart must say of itself before it is published, and the line to write where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from faults.suggestions import listed
from publish.catalogue import Column, Relation
from store import marts
from store.marts import FOLDER, KINDS, Mart, is_literal
from store.paths import PROJECT_ROOT

RECIPE = "CONTRIBUTING, Add a published table, says what they mean"


def undeclared(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, Relation]) -> Iterator[tuple[str, str]]:
    """(reason, advice) for each of `relations`, the warehouse's marts, and each column, that leaves unsaid what it must
    say: whether it is published, its key, what kind of figure a column is and of which cell of answers."""
    asked = {asset for (asset,) in connection.execute("select asset from checks.declared_results").fetchall()}
    for name, relation in relations.items():
        mart = marts.declared_marts().get(name)
        if mart is None:
            yield _silent(relation)
        elif mart.words.published:
            yield from _untold(mart, relation)
            if name not in asked:
                yield f"marts.{name} was not asked whether it is as it says", "Run `kuntakysely refresh`"


def _silent(relation: Relation) -> tuple[str, str]:
    key = ", ".join(column.name for column in relation.columns if _usual_kind(column.name) == "key")
    order = len(marts.declared_marts()) + 1
    return (
        f"marts.{relation.name} does not say whether it is published",
        f"Write in {_file(relation.name)}, under its description, `config: {{meta: {{published: true, order: {order}, "
        f"key: [{key}]}}}}` with the columns that tell its rows apart, or `config: {{meta: {{published: false}}}}`",
    )


def _untold(mart: Mart, relation: Relation) -> Iterator[tuple[str, str]]:
    place, file, has = f"marts.{mart.name}", _file(mart.name), {column.name for column in relation.columns}
    if mart.faults:
        yield from ((f"{place} says in its meta what has no meaning: {fault}", f"Mend it in {file}. {RECIPE}")
                    for fault in mart.faults)  # fmt: skip
        return
    if not mart.key or not has >= {*mart.key}:
        yield f"{place} has no key of columns that it has", f"Write `key: [...]` in its meta in {file}"
    for column in relation.columns:
        if column.name not in mart.columns:
            yield (
                f"{place}.{column.name} does not say what kind of column it is",
                f"Write `config: {{meta: {{kind: {_safe_kind(column)}}}}}` beside its description in {file}, if it is "
                f"that: one of {', '.join(KINDS)}. What is `free` or a `label` is told as it is. {RECIPE}",
            )
    if mart.figures and not relation.is_view:
        yield from _placeless(mart, has)


def _placeless(mart: Mart, has: set[str]) -> Iterator[tuple[str, str]]:
    """A figure of answers whose cell is not known could not be hidden."""
    parts = {"survey_id", "is_synthetic"}
    for cell in mart.words.cells:
        parts |= {part for name, part in cell if name != "name" and not is_literal(part)}
    if missing := parts - has:
        example = "cells: [{unit: \"'municipality'\", breakdown: \"'county'\", breakdown_id: county_code}]"
        yield (
            f"marts.{mart.name} has figures of answers ({listed([*mart.figures])}) and no column {listed(missing)}",
            f"Add the column, or say in its meta in {_file(mart.name)} where it has that part of a cell, as in "
            f"`{example}`. {RECIPE}",
        )


def _safe_kind(column: Column) -> str:
    """What a column is likely to be; a number that is not known anywhere is taken for one that must be hidden."""
    usual = _usual_kind(column.name)
    is_known = any(column.name in mart.columns for mart in marts.declared_marts().values())
    is_number = not column.data_type.startswith(("VARCHAR", "DATE", "TIMESTAMP"))
    return "count" if is_number and (usual == "free" or not is_known) else usual


def _usual_kind(column: str) -> str:
    """The kind that a column of this name has elsewhere."""
    kinds = [mart.columns[column].kind for mart in marts.declared_marts().values() if column in mart.columns]
    usual = "key" if column.endswith(("_id", "_code", "_key")) else "label"
    return max(kinds, key=kinds.count, default=usual)


def _file(name: str) -> str:
    return f"{FOLDER.relative_to(PROJECT_ROOT).as_posix()}/{name}.yml"
