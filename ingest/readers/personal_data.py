"""What looks like personal data in a text: e-mail addresses, phone numbers, identity codes, IBANs; and where such a
text stands in a table that is to be published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from faults.errors import FaultList, line_place
from faults.suggestions import listed, quoted
from ingest.readers.rows import SourceRow, column_of

REGION = "FI"  # of phone numbers without a country code
# From the first sign on: looked for from each sign of a long word, it would take the square of its length.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+")
IDENTITY_CODE = re.compile(r"(?<!\w)\d{6}[-+A-FU-Y]\d{3}[0-9A-Y](?!\w)", re.IGNORECASE)
# Lookahead, because one may begin inside what looks like another; how long it is depends on the country.
IBAN = re.compile(r"(?<!\w)(?=([A-Z]{2}\d{2}(?:[\s-]?[0-9A-Z]){11,30}))", re.IGNORECASE)
IBAN_LENGTHS = range(15, 35)


# An @ or seven digits, few signs apart, beside those of a day: every kind has. Only such a text is looked at, and the
# libraries are heavy. Both are read by DuckDB too.
MAY_BE_PERSONAL = "@|([0-9][^0-9]{0,2}){7}"
DAY = "(^|[^0-9-])(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([^0-9-]|$)"


def may_be_personal(column: str) -> str:
    """The condition of a text column, as SQL, that a text can be personal data at all."""
    return f"regexp_matches(regexp_replace({column}, '{DAY}', ' ', 'g'), '{MAY_BE_PERSONAL}')"


def kinds_in(text: str, allowed: Iterable[str] = ()) -> Iterator[str]:
    """The kinds of personal data that a text holds beside the contacts that are allowed: those of offices."""
    for contact in allowed:
        text = text.replace(contact, "")
    if re.search(MAY_BE_PERSONAL, re.sub(DAY, " ", text)) is None:
        return
    for kind, is_in in (
        ("email", has_email),
        ("phone", has_phone),
        ("identity_code", has_identity_code),
        ("iban", has_iban),
    ):
        if is_in(text):
            yield kind


def has_email(text: str) -> bool:
    return EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    """A business id is a valid number of a company's exchange too, and no phone number."""
    from phonenumbers import PhoneNumberMatcher
    from stdnum.fi import ytunnus

    return any(not ytunnus.is_valid(match.raw_string) for match in PhoneNumberMatcher(text, REGION))


def has_identity_code(text: str) -> bool:
    """Of the right form, of a day that there was, and with its check character."""
    from stdnum.fi import hetu

    return any(hetu.is_valid(candidate) for candidate in IDENTITY_CODE.findall(text))


def has_iban(text: str) -> bool:
    """Of the form of its country and with its check digits."""
    from stdnum import iban

    candidates = (re.sub(r"[\s-]", "", candidate) for candidate in IBAN.findall(text))
    return any(iban.is_valid(candidate[:length]) for candidate in candidates for length in IBAN_LENGTHS)


def check_rows(
    path: Path,
    rows: Sequence[SourceRow],
    allowed: Sequence[str] | None,
    faults: FaultList,
    place: Callable[[int, str], str] = line_place,
) -> None:
    """Note each text of a table that looks like personal data. `allowed` is None of a table that is of no survey: in it
    no survey can allow a contact."""
    for row in rows:
        question = getattr(row, "question_id", None)
        of = f" of the question {quoted(question)}" if question else ""
        for location, text in texts_in(row.values(), ()):
            check_text(text, allowed, path, place(row.line, column_of(type(row), location)), of, faults)


def texts_in(value: Any, location: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield location, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    for step, each in inner:
        yield from texts_in(each, (*location, step))


def check_text(text: str, allowed: Sequence[str] | None, path: Path, place: str, of: str, faults: FaultList) -> None:
    if kinds := list(kinds_in(text, allowed or ())):
        found = f"The text{of} looks like personal data ({listed(kinds)})."
        if allowed is None:
            faults.add("personal-data-of-no-survey", path, place, found)
        else:
            faults.add("personal-data", path, place, found)
