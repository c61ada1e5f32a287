"""Words for messages: values in quotes, lists of what is allowed, the nearest right name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from rapidfuzz import fuzz, process, utils

from ingest.errors import visible

NEAR_ENOUGH = 75.0
_DIGITS = re.compile(r"0*([0-9]+?)(?:[.]0+)?")
LISTED_AT_MOST = 12


def quoted(value: object) -> str:
    """A value in quotes, cut when it is long, with characters that cannot be seen written out."""
    text = str(value)
    return '"' + visible(text if len(text) <= 80 else text[:77] + "...") + '"'


def listed(values: Iterable[object]) -> str:
    """Values in a sentence, those of a set in order; a long list is cut and says how many more there are."""
    all_values = [str(value) for value in values]
    if isinstance(values, AbstractSet):
        all_values.sort()
    shown = ", ".join(all_values[:LISTED_AT_MOST])
    left = len(all_values) - LISTED_AT_MOST
    return f"{shown} and {left} more" if left > 0 else shown


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like value, or None when nothing is near. Signs decide between equals."""
    in_order = sorted(choices, key=lambda choice: (-fuzz.ratio(value, choice), choice))
    found = process.extractOne(
        value, in_order, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=NEAR_ENOUGH
    )
    return found[0] if found else None


def nearest_name(value: str, names: Iterable[str]) -> str | None:
    """Like nearest, for what people and tools write: digits without the zeros before them or with decimals, a name with
    another in brackets, or with a last word such as "kunta"."""
    names = list(names)
    digits = _DIGITS.fullmatch(value)
    same = [name for name in names if digits and (found := _DIGITS.fullmatch(name)) and found[1] == digits[1]]
    if len(same) == 1:
        return same[0]
    shorter = (value, value.partition("(")[0], value.rpartition(" ")[0])
    return next(filter(None, (nearest(text, names) for text in shorter if text.strip())), None)


def did_you_mean(value: str, choices: Iterable[str], otherwise: str = "") -> str:
    """A sentence that offers the nearest choice; `otherwise` when nothing is near."""
    found = nearest(value, choices)
    return f"Did you mean {quoted(found)}?" if found is not None else otherwise
