"""A closed list of words is typed as one: whatever word the program compares a value with, `validate` knows the words.
Free text is for people, and nothing depends on how it is spelt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

import orchestration.alerts.delivery  # noqa: F401 (its settings are looked at too)
from ingest.readers.cells import LOOKED_UP, Code, Flag, OptionalText, Text
from ingest.readers.rows import SourceRow
from ingest.readers.settings import Settings
from store.fingerprint import CODE_FOLDERS
from store.paths import PROJECT_ROOT, DataPaths
from tests.loading import validate

ROOMS = ("dbt_project/models", "dbt_project/macros", *(room for room in CODE_FOLDERS if room != "dbt_project"))
STAGING = PROJECT_ROOT / "dbt_project" / "models" / "staging"
# A word that a column, or a field of a row or of settings, is compared with.
IN_SQL = re.compile(r"(\w+)\s+(?:(?:=|<>|is (?:not )?distinct from)\s*|(?:not )?in \(\s*)'(\w+)'")
IN_PYTHON = re.compile(r'\.(\w+)\s+(?:(?:==|!=)\s*|(?:not )?in \(\s*)"(\w+)"')


def all_models() -> set[type[BaseModel]]:
    def below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return {each for kind in (SourceRow, Settings) for each in below(kind) if each.__module__.split(".")[0] != "tests"}


@cache
def staged_names() -> dict[str, str]:
    """What staging calls a column otherwise, by its own name for it."""
    renames = re.compile(r"(?:^|[ (.])(\w+)(?:\)| as \w+\))? as (\w+),?$", re.MULTILINE)
    return {new: old for file in STAGING.glob("*.sql") for old, new in renames.findall(file.read_text("utf-8"))}


@cache
def compared() -> dict[str, set[str]]:
    """The words that are compared with, by name of field."""
    found: dict[str, set[str]] = {}
    for room in ROOMS:
        for file in (PROJECT_ROOT / room).rglob("*.*"):
            if file.suffix not in (".sql", ".py"):
                continue
            text = file.read_text(encoding="utf-8")
            pairs = IN_SQL.findall(text) + (IN_PYTHON.findall(text) if room in ("ingest", "store") else [])
            for name, word in pairs:
                found.setdefault(staged_names().get(name, name), set()).add(word)
    return found


def is_typed(kind: Any, metadata: list[Any]) -> bool:
    """Whether validate knows which words a field may hold: by a closed list, as a flag, or because it looks them up."""
    if LOOKED_UP in metadata or get_origin(kind) is Literal or kind is bool:
        return True
    return any(is_typed(inner, list(getattr(inner, "__metadata__", ()))) for inner in get_args(kind))


def untyped(models: set[type[BaseModel]], words: dict[str, set[str]]) -> set[str]:
    """The fields that the program compares with words and that no model types."""
    fields = [(name, info) for model in models for name, info in model.model_fields.items() if name in words]
    typed = {name for name, info in fields if is_typed(info.annotation, [*info.metadata])}
    flags = {name for name, info in fields if Flag.__metadata__[0] in info.metadata}
    return {name for name, _ in fields} - typed - flags


def test_nothing_depends_on_how_free_text_is_spelt() -> None:
    assert untyped(all_models(), compared()) == set()


def test_comparisons_are_found() -> None:
    found = compared()
    assert {"personal", "public_fact"} <= found["disclosure"]
    assert {"merger"} <= found["change_type"]
    assert {"withdraw", "replace"} <= found["action"]
    assert {"select_one", "system", "date"} <= found["type"]
    assert len([name for name in found if any(name in model.model_fields for model in all_models())]) >= 20


@pytest.mark.parametrize("kind", [OptionalText, Text, Code | None, Code])
def test_free_text_for_a_closed_list_is_seen(kind: Any) -> None:
    class Loose(SourceRow):
        disclosure: kind
        note: OptionalText

    assert untyped({Loose}, compared()) == {"disclosure"}


@pytest.mark.parametrize(
    ("word", "advice"),
    [("persnal", 'Did you mean "personal"?'), ("secret", "Write one of them."), ("Opinion", "opinion")],
)
def test_disclosure_is_one_of_three_words(
    paths: DataPaths, edit: Callable[[Path, str, str], None], word: str, advice: str
) -> None:
    edit(paths.root / "surveys/palvelukysely/questions.csv", ",opinion,", f",{word},")
    (fault,) = validate(paths)
    assert fault.place == "line 2, column disclosure"
    assert fault.expected == "One of public_fact, opinion, personal."
    assert advice in fault.advice
