"""The words of a page in a language: a catalogue that translators know (gettext), numbers and dates as its locale has
them. Whatever a catalogue lacks is said in English, in which the words of the program stand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LOCALE = Path(__file__).with_name("locale")
WRITTEN_IN = "en"
LOCALES = {"en": "en_GB", "sv": "sv_FI"}  # of languages whose locale by itself is that of another country
DAYS = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMM y"}


@dataclass(frozen=True)
class Words:
    """What is said in one language."""

    language: str

    def say(self, text: str, **values: object) -> str:
        """A text of the program, with values in its braces."""
        return (_catalogue(self.language).get(text) or text).format(**values)

    def count(self, number: int | None) -> str:
        """A whole number; a dash where there is none."""
        return "–" if number is None else _count(self.language, number)

    def number(self, number: float | None) -> str:
        """A number with what it needs of three decimals; a dash where there is none."""
        return "–" if number is None else format_decimal(number, "#,##0.###", locale=self.locale)

    def percent(self, pct: int | None) -> str:
        """A percentage that is rounded already; a dash where there is none."""
        return "–" if pct is None else _percent(self.language, pct)

    def day(self, day: date) -> str:
        return format_date(day, DAYS.get(self.language, "medium"), locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """Both days included."""
        return f"{self.day(first)}–{self.day(last)}"

    @property
    def locale(self) -> Locale:
        return _locale(self.language)


# The same few numbers stand on a page again and again, and Babel takes 50 microseconds for each.
@lru_cache(10_000)
def _count(language: str, number: int) -> str:
    return format_decimal(number, locale=_locale(language))


@lru_cache(10_000)
def _percent(language: str, pct: int) -> str:
    return format_percent(pct / 100, locale=_locale(language))


def name_of(language: str) -> str:
    """A language as its speakers call it; its code where that is none that is known."""
    with suppress(UnknownLocaleError, ValueError):
        return (Locale.parse(language).display_name or language).capitalize()
    return language


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(LOCALES.get(language, language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES[WRITTEN_IN])


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    """The translations of a language by the English text; none where nobody has translated."""
    return {str(each.id): str(each.string) for each in read_catalogue(language) if each.id and each.string}


def read_catalogue(language: str) -> Catalog:
    """A catalogue as translators keep it; empty where there is none."""
    file = LOCALE / f"{language}.po"
    if not file.exists():
        return Catalog()
    with file.open("rb") as lines:
        return read_po(lines, locale=language)
