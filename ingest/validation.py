"""What pydantic refuses, said in the project's own sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ingest.errors import MARK, UNDECIDED
from ingest.suggestions import did_you_mean, quoted


class Refusal(NamedTuple):
    """One refused value: the code of the fault and its sentences."""

    code: str
    found: str
    expected: str
    advice: str


def describe_error(error: ErrorDetails, known_keys: Iterable[str] = (), *, is_private: bool = False) -> Refusal:
    """The sentences for one error of pydantic. `known_keys` are the keys allowed beside an unknown one.

    A private value is not shown.
    """
    refusal = _describe(error, known_keys)
    if isinstance(error["input"], str) and error["input"].startswith(MARK):
        refusal = refusal._replace(code=UNDECIDED)  # whatever kind of value was to stand there
    return refusal._replace(found="The value is not allowed here.", advice="Correct it.") if is_private else refusal


def _describe(error: ErrorDetails, known_keys: Iterable[str]) -> Refusal:
    kind, context = error["type"], error.get("ctx", {})
    name, value = str(error["loc"][-1]) if error["loc"] else "", error["input"]
    if kind == "missing":
        return Refusal(
            "missing-key", f"There is no {quoted(name)}.", f"The key {quoted(name)} with a value.", "Add it."
        )
    if kind == "extra_forbidden":
        return _describe_unknown_key(name, sorted(known_keys))
    if value is None:
        return Refusal("empty-value", "The value is empty.", "A value.", "Fill it in.")
    if kind == "literal_error":
        return _describe_unknown_value(value, str(context["expected"]))
    if kind == "refused":
        return Refusal(str(context["code"]), _found(value), str(context["expected"]), str(context["advice"]))
    return Refusal("wrong-value", _found(value), *_EXPECTATIONS.get(kind, (f"{error['msg']}.", "")))


_EXPECTATIONS: Mapping[str, tuple[str, str]] = {
    "string_type": ("Text.", "Put the value in quotes."),
    "string_too_short": ("A value.", "Fill it in."),
    "bool_type": ("True or false.", "Write true or false, without quotes."),
    "int_type": ("A whole number.", "Write digits only, without quotes."),
    "too_short": ("At least one.", "Name one."),
    "less_than_equal": ("A number that is not so great.", "Correct it."),
    "greater_than_equal": ("A number that is not so small.", "Correct it."),
    "date_type": ("A date.", "Write it as 2023-01-31."),
    "float_type": ("A number.", "Write it as 0.05, without quotes."),
    "tuple_type": ("A list.", "Write it as [first, second]."),
    "model_type": ("Keys with values.", "Write each as key: value."),
    "dict_type": ("Keys with values.", "Write each as key: value."),
}


def _found(value: object) -> str:
    if isinstance(value, str):
        return f"The value is {quoted(value)}."
    if isinstance(value, bool):
        return f"The value is {str(value).lower()}."
    if isinstance(value, int | float):
        return f"The value is the number {value}."
    if isinstance(value, Mapping):
        return "The value is a group of keys."
    return "The value is a list." if isinstance(value, list | tuple) else f"The value is {str(value)[:80]}."


def _describe_unknown_key(name: str, known: list[str]) -> Refusal:
    return Refusal(
        "unknown-key",
        f"The key {quoted(name)} is not known here.",
        f"One of the keys {', '.join(known)}.",
        did_you_mean(name, known, "Remove it."),
    )


def _describe_unknown_value(value: object, expected: str) -> Refusal:
    allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return Refusal(
        "unknown-value",
        _found(value),
        f"One of {', '.join(allowed)}.",
        did_you_mean(str(value), allowed, "Write one of them."),
    )


def keys_of(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys of the model that holds `location`, walked through nested models and lists of models."""
    current: type[BaseModel] = model
    for step in location[:-1]:
        field = _fields(current).get(str(step))
        current = _model_within(field) or current if field is not None else current
    return list(_fields(current))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_within(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
