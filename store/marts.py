"""What each table of dbt_project/models/marts says of itself in its YAML: whether it is published, what tells its rows
apart, and what kind of figure each column is. The release, hiding, differences, expectations and pages follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from store.paths import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "dbt_project" / "models" / "marts"
# key: names the row. label: words, days and order of codebook and registry. free: what anybody may know, whoever
# answered what. status: says whether the figure `of` is told. The others follow from answers:
# count: units that gave the answer; base: units that answered; share: a function of both; value: a figure of numbers
# given; quantile: one such number, or nearly; weighted: weighs size classes; error: of such a figure; p_value: of a
# test; weighted_p: of a test of a weighted figure; public: tells of single municipalities, and is told of public facts
# only; verdict and remark: on print, one on an estimate `of` which it is made.
Kind = Literal[
    "key", "label", "free", "status", "count", "base", "share", "value", "quantile", "weighted", "error", "p_value",
    "weighted_p", "public", "verdict", "remark",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
OPEN_KINDS = ("key", "label", "free")


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


W = TypeVar("W", bound=_Words)


class ColumnWords(_Words):
    """`of` is the column that a status or verdict speaks of, `row` for what depends on all answers of its row, or
    `cells` for what two cells make together; `cell` the cell of the table that a count or a weighted share is of;
    `values` and `range` are what the column may hold, where its kind says too little; `optional` is a key that a row
    may lack."""

    kind: Kind
    of: str = ""
    cell: str = ""
    values: tuple[str | None, ...] = ()
    range: tuple[float, float] | None = None
    optional: bool = False


class Cell(_Words):
    """Where a row has each part of the cell of answers that it tells of: columns, or SQL literals."""

    name: str = ""
    round_id: str = "round_id"
    question_id: str = "question_id"
    unit: str = "unit"
    breakdown: str = "breakdown"
    breakdown_id: str = "breakdown_id"
    level: str = "level"
    answer_code: str = "answer_code"


def is_literal(place: str) -> bool:
    """Whether a part of a cell is said as it is, not by a column."""
    return place.startswith("'") or place == "null"


class TableWords(_Words):
    """`joins` says in which column of which mart a column is found, `unique` which columns tell rows apart beside the
    key, `filled` which are never null, `values` what a column may hold. `keeps_rounds`: rounds carried over were asked
    when they were built. `is_base` says which rows tell a base, `compares` which compare a cell with the other rows of
    its breakdown, `compares_answers` which compare it with other answers of its row, as SQL."""

    published: bool
    order: int = 0
    key: tuple[str, ...] = ()
    joins: Mapping[str, str] = {}
    unique: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = {}
    keeps_rounds: bool = False
    cells: tuple[Cell, ...] = (Cell(),)
    is_base: str = ""
    compares: str = ""
    compares_answers: str = ""


@dataclass(frozen=True)
class Mart:
    """One table or view; `columns` are those whose kind is said. `faults` are of words that mean nothing."""

    name: str
    words: TableWords
    columns: Mapping[str, ColumnWords]
    description: str = ""
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        return self.words.key

    @property
    def figures(self) -> Mapping[str, ColumnWords]:
        """The columns that tell something of answers."""
        return {name: column for name, column in self.columns.items() if column.kind not in OPEN_KINDS}


def read_models(file: Path) -> list[Mapping[str, Any]]:
    """What a YAML file of dbt says of its models."""
    return yaml.load(file.read_bytes(), yaml.CSafeLoader).get("models") or []  # ten times as fast as ruamel


@cache
def declared_marts() -> Mapping[str, Mart]:
    """Every mart that says whether it is published, by name, in the order of a release."""
    found = []
    for file in sorted(FOLDER.glob("*.yml")):
        found += [_read(model) for model in read_models(file) if "published" in _meta(model)]
    return {mart.name: mart for mart in sorted(found, key=lambda mart: (mart.words.order, mart.name))}


def published_marts() -> tuple[Mart, ...]:
    """The tables and views of a release that are made of models, in their order."""
    return tuple(mart for mart in declared_marts().values() if mart.words.published)


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = (node.get("config") or {}).get("meta") or {}
    return meta


def _read(model: Mapping[str, Any]) -> Mart:
    faults: list[str] = []
    words = _words(TableWords, _meta(model), "", faults)
    said = {column["name"]: _meta(column) for column in model.get("columns") or () if _meta(column)}
    columns = {name: _words(ColumnWords, meta, f"{name}: ", faults) for name, meta in said.items()}
    kept = {name: column for name, column in columns.items() if column is not None}
    return Mart(model["name"], words or TableWords(published=True), kept, model.get("description", ""), tuple(faults))


def _words(model: type[W], meta: Mapping[str, Any], place: str, faults: list[str]) -> W | None:
    try:
        return model.model_validate(meta)
    except ValidationError as error:
        for each in error.errors():
            faults.append(f"{place}{'.'.join(map(str, each['loc']))}: {each['msg']}")
        return None
