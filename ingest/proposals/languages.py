"""In which language a form says something: by the code or the name of the language."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

from faults.errors import FaultList
from faults.suggestions import quoted

CODE = re.compile(r"(?:.*\()?([A-Za-z]{2})(?:[-_][A-Za-z0-9]+)*\)?")


def language_code(name: str) -> str | None:
    """The code of a language that is named "fi", "Suomi (fi)", "Finnish" or "suomi"; None of an unknown one."""
    name = name.strip()
    if found := CODE.fullmatch(name):
        return found[1].lower()
    return _in_english().get(name.casefold()) or _by_themselves().get(name.casefold())


@cache
def _in_english() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) == 2}


@cache
def _by_themselves() -> dict[str, str]:
    found = {}
    for code in (each for each in locale_identifiers() if len(each) == 2):
        with suppress(UnknownLocaleError):
            found[str(Locale(code).get_language_name(code)).casefold()] = code
    return found


def known_language(name: str, chosen: str | None, file: Path, place: str, faults: FaultList) -> str | None:
    """The code of the language of a wording; `chosen` where the file names none, and a fault where nobody does."""
    code = language_code(name) if name else chosen
    if code is None and name:
        faults.add("unknown-language-name", file, place, f"The language {quoted(name)} is not known.")
    elif code is None:
        faults.add("no-language-name", file, place, "The file does not name the language.")
    return code
