"""What a model of an input is in a raw table: a column for each field, under its name. Keys within a key stand under
their own names, `opens_on` and not `field_window`. So a new field is in the raw table with nothing else to be said."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from ingest.codebook.round import RoundSettings
from ingest.codebook.survey import Section, SizeClassGroup, SurveySettings
from ingest.readers.settings import Settings

# Fields that are rows of a table of their own, and how the file of weights is read.
APART: dict[type[BaseModel], frozenset[str]] = {
    SurveySettings: frozenset({"size_classes", "size_class_groups", "roles", "breakdowns", "sections"}),
    SizeClassGroup: frozenset({"members"}),
    Section: frozenset({"questions"}),
    RoundSettings: frozenset({"findings", "weights"}),
}


def named(*parts: str | type[BaseModel]) -> tuple[str, ...]:
    """The columns of a table: names as they are, and those of models. Raises ValueError where one stands twice."""
    names = [name for part in parts for name in ([part] if isinstance(part, str) else columns_of(part))]
    if twice := [name for name, n in Counter(names).items() if n > 1]:
        raise ValueError(f"Two columns of a raw table are called {', '.join(twice)}: call one field otherwise")
    return tuple(names)


def columns_of(model: type[BaseModel]) -> list[str]:
    return [path[-1] for path in paths_of(model)]


def cells_of(row: BaseModel, model: type[BaseModel] | None = None) -> dict[str, str | None]:
    """The cells of a row or of settings by column: those of its own model, or of one that this is made of."""
    return {path[-1]: text_of(_value(row, path)) for path in paths_of(model or type(row))}


@cache
def paths_of(model: type[BaseModel]) -> tuple[tuple[str, ...], ...]:
    """The field of each column, behind the keys that it is within."""
    apart = APART.get(model, frozenset())
    fields = {name: field for name, field in model.model_fields.items() if name not in apart and not field.exclude}
    return tuple((name, *path) for name, field in fields.items() for path in _within(field.annotation))


def _within(kind: Any) -> tuple[tuple[str, ...], ...]:
    """The paths of the keys within a key, which may be left out; that of the key itself where there are none."""
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    inner = next((each for each in kinds if isinstance(each, type) and issubclass(each, Settings)), None)
    return ((),) if inner is None else paths_of(inner)


def _value(row: BaseModel, path: tuple[str, ...]) -> Any:
    """None where the key that it is within is left out."""
    value: Any = row
    for name in path:
        value = None if value is None else getattr(value, name)
    return value


def text_of(value: Any) -> str | None:
    """Text as it is, a day as 2023-01-31, and the rest as JSON: of texts by language those that there are."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        value = {key: inner for key, inner in value.items() if inner is not None}
    return json.dumps(value, ensure_ascii=False, default=to_jsonable_python)
