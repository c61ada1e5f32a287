"""Whoever reads Swedish is told as much as whoever reads Finnish or English: what is said in one of the published
languages is said in all of them. The definitions are walked, so that what is added later is found too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from expectations.page import DBT, definitions
from expectations.results import COLUMNS
from ingest.codebook.survey import ALL_LABEL
from publish.releases.own_tables import OWN_TABLES
from store.marts import published_marts
from tests.demonstration import DATA, read

SETTINGS = YAML(typ="safe").load(DBT / "dbt_project.yml")["vars"]
LANGUAGES = frozenset(SETTINGS["published_languages"])
SURVEYS, REGISTRY = DATA / "surveys", DATA / "registry"
# Names of what is published; changes.csv tells what codes became, and no reader is told its names.
TABLES = sorted({*SURVEYS.glob("*/*.csv"), *REGISTRY.rglob("municipalities.csv"), REGISTRY / "areas.csv"})
CARDS = sorted(SURVEYS.rglob("*.yml"))


def lacking(names: Collection[str]) -> set[str]:
    """Names of texts in one language that another of the languages has none for: label_fi without label_sv."""
    told = defaultdict(set)
    for name in names:
        if found := re.fullmatch(f"(.+)_({'|'.join(LANGUAGES)})", name):
            told[found[1]].add(found[2])
    return {f"{stem}_{language}" for stem, languages in told.items() for language in LANGUAGES - languages}


def texts_by_language(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in a YAML file that has a published language for a key."""
    if isinstance(tree, dict):
        if LANGUAGES & {*tree}:
            yield tree
        tree = tree.values()
    for each in tree if isinstance(tree, Iterable) and not isinstance(tree, str) else ():
        yield from texts_by_language(each)


def names_of_tables() -> Iterator[tuple[str, list[str]]]:
    yield from ((mart.name, [*mart.columns]) for mart in published_marts())
    yield from ((table.name, [column.name for column in table.columns]) for table in OWN_TABLES)
    yield "the result of a check", [*COLUMNS]


@pytest.mark.parametrize(("names", "is_whole"), [(("a_fi", "a_en"), False), (("a_fi", "a_en", "a_sv", "b"), True)])
def test_a_language_that_is_missing_is_seen(names: tuple[str, ...], is_whole: bool) -> None:
    assert (lacking(names) == set()) is is_whole


@pytest.mark.parametrize(
    ("table", "names"), [*names_of_tables()], ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_published_column_of_one_language_stands_beside_those_of_the_others(table: str, names: list[str]) -> None:
    assert lacking(names) == set(), table


@pytest.mark.parametrize("family", SETTINGS["families"])
def test_every_check_says_in_every_language_what_it_found(family: str) -> None:
    for check in definitions(family):
        said = [check.get(f"message_{language}") for language in LANGUAGES]
        assert all(said), check["id"]
        assert len({*said}) == len(said), f"{check['id']} says the same in two languages"


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.relative_to(DATA).as_posix())
def test_a_name_in_a_file_is_there_in_every_language(file: Path) -> None:
    header = file.read_text(encoding="utf-8-sig").partition("\n")[0]
    assert lacking(header.split(",")) == set()
    for line, row in enumerate(read(file), start=2):
        assert lacking([name for name, text in row.items() if text]) == set(), f"line {line}"


@pytest.mark.parametrize("file", CARDS, ids=lambda file: file.relative_to(DATA).as_posix())
def test_a_name_in_a_card_is_there_in_every_language(file: Path) -> None:
    for texts in texts_by_language(YAML(typ="safe").load(file)):
        assert {language for language, text in texts.items() if text} >= LANGUAGES, texts


def test_the_program_has_its_own_words_in_every_language() -> None:
    assert {*ALL_LABEL} >= LANGUAGES
