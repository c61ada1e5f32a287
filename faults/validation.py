"""What pydantic refuses, said in the project's own sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from faults.errors import MARK, UNDECIDED
from faults.suggestions import did_you_mean, listed, quoted


class Refusal(NamedTuple):
    """One refused value: the code of the fault and its sentences."""

    code: str
    found: str
    expected: str
    advice: str


def describe_error(
    error: ErrorDetails, model: type[BaseModel] | None = None, written: str = "", *, is_private: bool = False
) -> Refusal:
    """The sentences for one error of pydantic in a YAML file of `model`, or in a row. `written` is the value as it
    stands in the file, where that is known.

    A private value is not shown.
    """
    refusal = _describe(error, model, written)
    if isinstance(error["input"], str) and error["input"].startswith(MARK):
        refusal = refusal._replace(code=UNDECIDED)  # whatever kind of value was to stand there
    return refusal._replace(found="The value is not allowed here.", advice="Correct it.") if is_private else refusal


def _describe(error: ErrorDetails, model: type[BaseModel] | None, written: str) -> Refusal:
    kind, context = error["type"], error.get("ctx", {})
    name, value = str(error["loc"][-1]) if error["loc"] else "", error["input"]
    if kind == "missing":
        return Refusal(
            "missing-key", f"There is no {quoted(name)}.", f"The key {quoted(name)} with a value.", "Add it."
        )
    if kind == "extra_forbidden" and model is not None:
        return _describe_unknown_key(name, sorted(_fields(_model_at(model, error["loc"][:-1]))))
    if value is None:
        return Refusal("empty-value", "The value is empty.", "A value.", "Fill it in.")
    if kind == "literal_error":
        return _describe_unknown_value(value, str(context["expected"]))
    if kind == "refused":
        return Refusal(str(context["code"]), _found(value), str(context["expected"]), str(context["advice"]))
    if kind == "model_type" and model is not None:
        return Refusal("wrong-value", _found(value), *_keys_needed(_model_at(model, error["loc"])))
    if kind == "string_type" and written:
        found = f"The value is {written}, which YAML reads as {_read_as(value)}."
        return Refusal("wrong-value", found, "Text.", f'Write it in quotes: "{written}".')
    expected, advice = _EXPECTATIONS.get(kind, (f"{error['msg']}.", ""))
    return Refusal("wrong-value", _found(value), expected.format_map(context), advice)


_EXPECTATIONS: Mapping[str, tuple[str, str]] = {
    "string_type": ("Text.", "Put the value in quotes."),
    "string_too_short": ("A value.", "Fill it in."),
    "bool_type": ("True or false.", "Write true or false, without quotes."),
    "int_type": ("A whole number.", "Write digits only, without quotes."),
    "too_short": ("At least one.", "Name one."),
    "less_than_equal": ("A number that is {le} at most.", "Correct it."),
    "greater_than_equal": ("A number that is {ge} at least.", "Correct it."),
    "date_type": ("A date that there is, year first.", "Write it as 2023-01-31."),
    "float_type": ("A number.", "Write it as 0.05, without quotes."),
    "tuple_type": ("A list.", "Write it as [first, second]."),
    "dict_type": ("Names, each with a value.", "Write each as name: value."),
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
    if isinstance(value, list | tuple):
        inner = listed(each if isinstance(each, str) else "..." for each in value)
        return f"The value is the list [{inner}]." if inner else "The list is empty."
    return f"The value is {str(value)[:80]}."


def _describe_unknown_key(name: str, known: list[str]) -> Refusal:
    return Refusal(
        "unknown-key",
        f"The key {quoted(name)} is not known here.",
        f"One of the keys {', '.join(known)}.",
        did_you_mean(name, known, "Write the one that is meant, or remove it."),
    )


def _describe_unknown_value(value: object, expected: str) -> Refusal:
    allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return Refusal(
        "unknown-value",
        _found(value),
        f"One of {', '.join(allowed)}.",
        did_you_mean(str(value), allowed, "Write one of them."),
    )


def _keys_needed(model: type[BaseModel]) -> tuple[str, str]:
    needed = [info.alias or name for name, info in model.model_fields.items() if info.is_required()]
    return (
        f"The keys {listed(needed)}, each with a value.",
        "Write each as key: value, indented below this one.",
    )


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
