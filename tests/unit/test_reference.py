"""docs/reference/ says of every file, column and key what reads it says, and what counts as the models have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field
from ruamel.yaml import YAML

from ingest.readers.cells import Flag, Labels, OptionalText, PositiveInt, Text, refused
from ingest.readers.rows import SourceRow
from ingest.readers.settings import Settings
from orchestration.reference_pages import FOLDER, PAGES, Model, described, model_in, pages
from store.paths import PROJECT_ROOT

JUDGING = "judging.md"  # by hand; all others are made
DBT = PROJECT_ROOT / "dbt_project"


def told() -> set[type[BaseModel]]:
    """The models on the pages, with those of keys within keys."""

    def within(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        yield model
        for field in model.model_fields.values():
            if inner := model_in(field.annotation):
                yield from within(inner)

    return {each for files in PAGES.values() for model in files.values() for each in within(model)}


def models_there_are() -> set[str]:
    def below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    found = {each for kind in (SourceRow, Settings) for each in below(kind)}
    return {each.__name__ for each in found if each.__module__.split(".")[0] not in ("tests", "test_reference")}


def unsaid(model: Model) -> list[str]:
    """The keys and columns whose sentence is none: it ends with a full stop, and fits a line of a table."""
    return [key for key, _, _, said in described(model) if not re.fullmatch(r"[A-Z].{3,299}\.", said)]


def listed_in(text: str, heading: str) -> list[str]:
    """The words of a numbered list of the page of judging, in their order."""
    (part,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^\d+\. ([^:\n]+)", part, re.MULTILINE)
    return [word for head in heads for word in re.findall(r"`(\w+)`", head)]


def statuses_of(macro: str) -> list[str]:
    """The words of the macro in the order in which they are tried."""
    return list(dict.fromkeys(re.findall(r"(?:then|else) '(\w+)'", macro)))


def test_the_pages_are_those_of_the_models() -> None:
    made = pages()
    assert {file.name for file in FOLDER.iterdir()} == {*made, JUDGING}
    assert {name: (FOLDER / name).read_text("utf-8") for name in made} == made, "run make docs"


def test_every_model_of_a_file_is_on_a_page() -> None:
    assert {model.__name__ for model in told()} == models_there_are()


def test_every_file_is_called_as_what_reads_it_calls_it() -> None:
    names = {Path(name).name for files in PAGES.values() for file in files for name in file.split(", ")}
    code = "".join(
        file.read_text("utf-8") for room in ("ingest", "store") for file in (PROJECT_ROOT / room).rglob("*.py")
    )
    assert {name for name in names if f'"{name}"' not in code} == set()


@pytest.mark.parametrize("file", [file for files in PAGES.values() for file in files])
def test_every_key_and_column_has_a_sentence(file: str) -> None:
    (model,) = (files[file] for files in PAGES.values() if file in files)
    assert unsaid(model) == []
    assert len({key for key, *_ in described(model)}) == len([*described(model)])


def check_shout(value: str) -> str:
    if not value.isupper():
        raise refused("wrong-code")
    return value


class Inner(Settings):
    """What is within."""

    word: Literal["one", "two"] = "two"
    """One of two words."""
    silent: Text


class Outer(Settings):
    many: tuple[Inner, ...] = ()
    shout: Annotated[Text, AfterValidator(check_shout)]
    """What is shouted."""
    count: PositiveInt | None = Field(None, alias="number")
    """How many."""


class Row(SourceRow):
    id: Text
    """The id."""
    is_on: Flag
    note: OptionalText = None
    """No full stop"""
    labels: Labels
    """The label."""

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"note"})

    @classmethod
    def translated_columns(cls) -> dict[str, str]:
        return {"labels": "label"}


@pytest.mark.parametrize(("model", "missing"), [(Outer, ["many.silent"]), (Row, ["is_on", "note"])])
def test_a_field_without_a_sentence_is_seen(model: Any, missing: list[str]) -> None:
    assert unsaid(model) == missing


def test_what_a_field_holds_is_told_of_its_type() -> None:
    assert [line[:3] for line in described(Outer)] == [
        ("many", "list of keys of its own", "no"),
        ("many.word", "`one`, `two`", "no, `two`"),
        ("many.silent", "text", "yes"),
        ("shout", "A code has no spaces.", "yes"),
        ("number", "positive int", "no"),
    ]
    assert [line[:3] for line in described(Row)] == [
        ("id", "text", "yes"),
        ("is_on", "flag", "no"),
        ("note", "text", "no, nor its column"),
        ("label_<language>", "text", "no"),
    ]


def test_an_answer_is_judged_in_the_order_of_the_page() -> None:
    page, macro = (FOLDER / JUDGING).read_text("utf-8"), (DBT / "macros" / "answer_status.sql").read_text("utf-8")
    assert listed_in(page, "An answer") == statuses_of(macro)
    line, after = re.findall(r"^        when .*'(?:blank|declared_missing)'$", macro, re.MULTILINE)
    swapped = macro.replace(line, "-").replace(after, line).replace("-\n", f"{after}\n", 1)
    assert listed_in(page, "An answer") != statuses_of(swapped)


def test_a_row_has_the_words_of_the_page() -> None:
    page, model = (FOLDER / JUDGING).read_text("utf-8"), DBT / "models" / "intermediate" / "int_responses_disposed"
    (meta,) = (each["config"]["meta"] for each in YAML(typ="safe").load(model.with_suffix(".yml"))["models"])
    words = listed_in(page, "A row")
    assert {*words, "accepted"} == {*meta["values"]["disposition"]}
    first = re.findall(r"then '(\w+)'", model.with_suffix(".sql").read_text("utf-8").split("as first_disposition")[0])
    assert [word for word in words if word in first] == first
