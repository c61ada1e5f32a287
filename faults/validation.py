"""What pydantic refuses, said in the project's own sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from faults.errors import MARK, UNDECIDED, Words, catalogue, worded
from faults.suggestions import did_you_mean, listed, quoted


def describe_error(
    error: ErrorDetails, model: type[BaseModel] | None = None, written: str = "", *, is_private: bool = False
) -> Words:
    """The words for one error of pydantic in a YAML file of `model`, or in a row. `written` is the value as it
    stands in the file, where that is known.

    A private value is not shown.
    """
    words = _describe(error, model, written)
    if isinstance(error["input"], str) and error["input"].startswith(MARK):
        words = words._replace(code=UNDECIDED)  # whatever kind of value was to stand there
    return words._replace(found="The value is not allowed here.", advice="Correct it.") if is_private else words


def _describe(error: ErrorDetails, model: type[BaseModel] | None, written: str) -> Words:
    kind, context = error["type"], error.get("ctx", {})
    name, value = str(error["loc"][-1]) if error["loc"] else "", error["input"]
    if kind == "missing":
        return worded("missing-key", f"There is no {quoted(name)}.", key=quoted(name))
    if kind == "extra_forbidden" and model is not None:
        known = sorted(_fields(_model_at(model, error["loc"][:-1])))
        found, near = f"The key {quoted(name)} is not known here.", did_you_mean(name, known)
        return worded("unknown-key", found, advice=near, known=", ".join(known))
    if value is None:
        return worded("empty-value", "The value is empty.")
    if kind == "literal_error":
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return worded("unknown-value", _found(value), advice=did_you_mean(str(value), known), known=", ".join(known))
    if kind == "refused":
        return worded(context["code"], _found(value), **context["values"])
    if kind == "model_type" and model is not None:
        return worded("no-keys-here", _found(value), keys=_keys_needed(_model_at(model, error["loc"])))
    if kind == "string_type" and written:
        found = f"The value is {written}, which YAML reads as {_read_as(value)}."
        return worded("text-without-quotes", found, written=written)
    if kind in catalogue():
        return worded(kind, _found(value), **context)
    return worded("wrong-value", _found(value), message=error["msg"])


def _found(value: object) -> str:
    if isinstance(value, str):
        return f"The value is {quoted(value)}."
    if isinstance(value, bool):
        return f"The value is {str(value).lower()}."
    if isinstance(value, int | float):
        return f"The value is the number {value}."
    if isinstance(value, Mapping):
        return "The value is a group of keys."
    if isinstance(value, list | tuple):
        inner = listed(each if isinstance(each, str) else "..." for each in value)
        return f"The value is the list [{inner}]." if inner else "The list is empty."
    return f"The value is {str(value)[:80]}."


def _keys_needed(model: type[BaseModel]) -> str:
    return listed(info.alias or name for name, info in model.model_fields.items() if info.is_required())


def _read_as(value: object) -> str:
    return "true or false" if isinstance(value, bool) else "a number"


def _model_at(model: type[BaseModel], location: tuple[Any, ...]) -> type[BaseModel]:
    """The model that stands at `location`, walked to through nested models and lists of models."""
    current: type[BaseModel] = model
    for step in location:
        current = _model_within(_fields(current).get(str(step))) or current
    return current


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_within(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
