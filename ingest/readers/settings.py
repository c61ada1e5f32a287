"""YAML files as frozen objects, with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from faults.errors import FaultList, line_place
from faults.suggestions import quoted
from faults.validation import describe_error
from ingest.readers.encoded_text import read_text

# The longest file of a survey has some kB, and the parser takes seconds for more.
LARGEST_BYTES = 128 * 1024
DEEPEST = 20  # nobody has needed more (DECISIONS, 70)
Location = Sequence[str | int]  # the keys and places in lists that lead to a value
_BRACKET = re.compile(r"[][{}]")
_UNREADABLE = re.compile(r"[0-9]{1000}|\\U[0-9A-Fa-f]")
_ONE_WORD = re.compile(r"[\w.+:-]+")


class _DatesAsWritten(RoundTripConstructor):
    """A date that there is not is a fault of its key, as any other value."""


_DatesAsWritten.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


class Settings(BaseModel):
    """A part of a YAML file: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


SettingsT = TypeVar("SettingsT", bound=Settings)


class SettingsPlaces:
    """Where the keys of one YAML file stand, for faults found after reading."""

    def __init__(self, path: Path, content: CommentedMap) -> None:
        self.path = path
        self._content = content

    def where(self, *location: str | int) -> tuple[Path, str]:
        """The file, and the place of a location in it."""
        return self.path, self.place(location)

    def place(self, location: Location) -> str:
        """Line and dotted key of a location; the nearest enclosing one when it is not in the file."""
        keys = ".".join(step for step in location if isinstance(step, str))
        return f"{line_place(self.line(location))}, {keys}" if keys else line_place(1)

    def line(self, location: Location) -> int:
        """The line of a location, counted from 1."""
        lines = [
            holder.lc.key(step)[0] if is_key else holder.lc.item(step)[0]
            for holder, step, is_key in self._walk(location)
        ]
        return int(lines[-1]) + 1 if lines else 1

    def written(self, location: Location) -> str:
        """A value of one word as it stands in the file: YAML reads False, 007 and 1.0 as something else."""
        walked = list(self._walk(location))
        if len(walked) < len(location):
            return ""
        holder, step, is_key = walked[-1]
        line, column = holder.lc.value(step) if is_key else holder.lc.item(step)
        found = _ONE_WORD.match(self.path.read_text(encoding="utf-8-sig").split("\n")[line], column)
        return found[0] if found else ""

    def _walk(self, location: Location) -> Iterator[tuple[Any, str | int, bool]]:
        """The keys and lists on the way to a location, as far as there are any, each with the step from it."""
        current: Any = self._content
        for step in location:
            is_key = isinstance(current, CommentedMap) and step in current
            is_item = isinstance(current, CommentedSeq) and isinstance(step, int) and step < len(current)
            if not is_key and not is_item:
                return
            yield current, step, is_key
            current = current[step]


def read_settings(path: Path, model: type[SettingsT], faults: FaultList) -> tuple[SettingsT, SettingsPlaces] | None:
    """A YAML file as an object of `model` and the places of its keys, or None with faults."""
    content = _read_yaml(path, faults)
    if content is None:
        return None
    places = SettingsPlaces(path, content)
    try:
        return model.model_validate(_plain(content, set())), places
    except _NotPlain as error:
        faults.add("not-plain-yaml", path, "", str(error))
        return None
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if detail["type"] == "too_short" and detail["input"]:
                continue  # none of them is right: that is told of each
            written = places.written(detail["loc"]) if detail["type"] == "string_type" else ""
            faults.put(*places.where(*detail["loc"]), describe_error(detail, model, written))
        return None


def _read_yaml(path: Path, faults: FaultList) -> CommentedMap | None:
    text = read_text(path, "utf-8", faults, LARGEST_BYTES)
    if text is None:
        return None
    try:
        content = _parsed(text)
        if isinstance(content, CommentedMap):
            return content
        faults.add("no-keys", path, line_place(1), "The file holds no keys.")
    except DuplicateKeyError as error:
        _add_repeated_key(path, error, faults)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add("not-yaml", path, line_place(line), f"The file stops being YAML here ({error.problem}).")
    except (ValueError, OverflowError) as error:
        _add_unreadable_value(path, text, error, faults)
    except RecursionError:
        faults.add("deep-yaml", path, "", "The file nests too deeply.", deepest=DEEPEST)
    except YAMLError:
        faults.add("no-keys", path, line_place(1), "The file holds no keys.")
    return None


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    """Only to be read: every step of a refresh reads the same few files, and the parser is the slowest part of it."""
    if _depth(text) > DEEPEST:
        raise RecursionError
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _DatesAsWritten
    return yaml.load(text)


class _NotPlain(Exception):
    """A value is more than text, numbers, lists and keys; the text is what was found."""


def _plain(value: Any, seen: set[int]) -> Any:
    """The content without the places that ruamel keeps in it. Raises _NotPlain.

    An alias may name what holds it, and ten lists of ten aliases each are a list of ten thousand million values.
    """
    tag = getattr(getattr(value, "tag", None), "value", None)
    if tag is not None:
        raise _NotPlain(f"A value has the tag {quoted(tag)}.")
    if isinstance(value, CommentedMap | CommentedSeq):
        if id(value) in seen:
            raise _NotPlain("A list or a group of keys stands in two places, by an alias.")
        seen.add(id(value))
    if isinstance(value, CommentedMap):
        return {str(key): _plain(inner, seen) for key, inner in value.items()}
    if isinstance(value, CommentedSeq):
        return tuple(_plain(inner, seen) for inner in value)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _depth(text: str) -> int:
    """How deep brackets nest at most; those in texts are counted too."""
    deepest = depth = 0
    for sign in _BRACKET.findall(text):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _add_unreadable_value(path: Path, text: str, error: Exception, faults: FaultList) -> None:
    """The parser does not say where."""
    near = (number for number, line in enumerate(text.splitlines(), start=1) if _UNREADABLE.search(line))
    found = f"A value cannot be read ({str(error).partition(';')[0]})."
    faults.add("unreadable-value", path, line_place(next(near, 1)), found)


def _add_repeated_key(path: Path, error: DuplicateKeyError, faults: FaultList) -> None:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    key = str(error.problem).split('"')[1] if '"' in str(error.problem) else ""
    faults.add("repeated-yaml-key", path, line_place(line), f"The key {quoted(key)} is given twice.")
