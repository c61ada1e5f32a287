"""The words of pages: every text is in every catalogue, with the same values in it; numbers are the locale's."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from publish.results.making import METHODS
from publish.results.reading import Bars, Cell, Question
from publish.writing.catalogues import texts
from publish.writing.words import LOCALE, Words, name_of, read_catalogue
from store.paths import PROJECT_ROOT

LANGUAGES = sorted(file.stem for file in LOCALE.glob("*.po"))


def named(text: str) -> set[str]:
    """The values that a text has in its braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def faults(translated: dict[str, str]) -> list[str]:
    """The texts that a catalogue lacks, translates with other values, or has for no page."""
    said = {text for text, _ in texts()}
    return [
        *sorted(said ^ {text for text in translated if translated[text]}),
        *(text for text in said & set(translated) if named(text) != named(translated[text])),
    ]


def translations(language: str) -> dict[str, str]:
    return {str(each.id): str(each.string) for each in read_catalogue(language) if each.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert len(LANGUAGES) >= 2
    assert faults(translations(language)) == []


def test_what_a_catalogue_lacks_is_seen() -> None:
    right = translations(LANGUAGES[0])
    with_values = next(text for text in right if named(text))
    for wrong in (
        {text: said for text, said in right.items() if text != with_values},
        right | {with_values: ""},
        right | {with_values: "no value"},
        right | {"of no page": "x"},
    ):
        assert faults(wrong)


def test_what_a_page_names_of_methods_stands_there() -> None:
    page = (PROJECT_ROOT / "dbt_project/METHODS.md").read_text(encoding="utf-8")
    assert [name for name in METHODS if f"\n## {name}\n" not in page] == []


def test_numbers_and_days_are_those_of_the_language() -> None:
    said = {
        language: (
            words.percent(41),
            words.count(5001),
            words.number(2.5),
            words.days(date(2022, 12, 20), date(2023, 1, 13)),
        )
        for language, words in ((each, Words(each)) for each in ("fi", "sv", "en", "xx"))
    }
    assert said["fi"] == ("41\xa0%", "5\xa0001", "2,5", "20.12.2022–13.1.2023")
    assert said["sv"] == said["fi"]
    assert said["en"] == said["xx"] == ("41%", "5,001", "2.5", "20 Dec 2022–13 Jan 2023")


def test_a_language_is_called_as_its_speakers_call_it_or_by_its_code() -> None:
    assert [name_of(language) for language in ("fi", "sv", "de", "xx")] == ["Suomi", "Svenska", "Deutsch", "xx"]


def test_a_language_without_catalogue_is_said_in_english() -> None:
    assert Words("xx").say("Who answered") == "Who answered" != Words("fi").say("Who answered")


@pytest.mark.parametrize(
    ("counts", "most"),
    [((3, 5, 5), ["b", "c"]), ((7, 5, 1), ["a"]), ((None, 5, 1), []), ((0, 0, 0), [])],
    ids=["a tie is two", "one", "a hidden one could be more", "nobody"],
)
def test_what_was_answered_most_often(counts: tuple[int | None, ...], most: list[str]) -> None:
    cells = [
        Cell(name, False, n, n, "hidden_primary" if n is None else "shown", None, None, True)
        for name, n in zip("abc", counts, strict=True)
    ]
    question = Question("q", "?", "one", "response", {"all": [Bars("all", 13, cells)]}, {})
    assert [cell.answer for cell in question.headlines] == most
