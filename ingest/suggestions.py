"""Words for messages: values in quotes, lists of what is allowed, the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from rapidfuzz import fuzz, process, utils

from ingest.errors import visible

NEAR_ENOUGH = 75.0
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


def did_you_mean(value: str, choices: Iterable[str], otherwise: str = "") -> str:
    """A sentence that offers the nearest choice; `otherwise` when nothing is near."""
    found = nearest(value, choices)
    return f"Did you mean {quoted(found)}?" if found is not None else otherwise
