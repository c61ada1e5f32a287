"""Words for messages: values in quotes, lists of what is allowed, the nearest right name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from rapidfuzz import fuzz, process, utils

from faults.errors import visible

NEAR_ENOUGH = 75.0  # of 100: what is less alike is another name, and is not offered
SAME_WORD = 60.0  # of 100, word by word: what is less alike is another word
A_WORD_MORE = 5.0  # names with a word more or less must be this much more alike
_BELOW_ZERO = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")
_WHOLE = re.compile(r"(-?)0*([0-9]+)(?:[.,]0+)?")
LISTED_AT_MOST = 12  # names in a sentence, which counts the others


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
    """The choice that looks most like value, or None when nothing is near. Signs decide between equals.

    A number below zero is near to no number: without its sign it is another one."""
    if _BELOW_ZERO.fullmatch(value):
        choices = (choice for choice in choices if not any(map(str.isdecimal, choice)))
    in_order = sorted(choices, key=lambda choice: (-fuzz.ratio(value, choice), choice))
    found = process.extractOne(value, in_order, scorer=_likeness, processor=_words, score_cutoff=NEAR_ENOUGH)
    return found[0] if found else None


def _words(name: str) -> str:
    return utils.default_process(name.replace("_", " "))


def _likeness(first: str, second: str, **_: object) -> float:
    """A word that is quite another, or one that is not there, makes another name rather than a slip of the pen."""
    words, others, alike = first.split(), second.split(), fuzz.ratio(first, second)
    if len(words) != len(others):
        return alike if alike >= NEAR_ENOUGH + A_WORD_MORE else 0.0
    return 0.0 if any(map(_is_other_word, words, others)) else alike


def _is_other_word(first: str, second: str) -> bool:
    """Another number is another thing, unless its digits changed places; words of two letters, as those of languages
    are, differ by as much as they have."""
    if first.isdecimal() and second.isdecimal():
        return int(first) != int(second) and sorted(first) != sorted(second)
    return fuzz.ratio(first, second) < SAME_WORD and len(first) > 2


def whole_number(text: str) -> str:
    """The digits of a whole number, without zeros that say nothing; empty for any other text."""
    found = _WHOLE.fullmatch(text)
    return found[1] + found[2] if found else ""


def nearest_name(value: str, names: Iterable[str]) -> str | None:
    """Like nearest, for what people and tools write: digits without the zeros before them or with decimals, a name with
    another in brackets, or with a last word such as "kunta"."""
    names = list(names)
    number = whole_number(value)
    same = [name for name in names if number and whole_number(name) == number]
    if len(same) == 1:
        return same[0]
    shorter = (value, value.partition("(")[0], value.rpartition(" ")[0])
    return next(filter(None, (nearest(text, names) for text in shorter if text.strip())), None)


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """A sentence that offers the nearest choice; empty when nothing is near."""
    found = nearest(value, choices)
    return f"Did you mean {quoted(found)}?" if found is not None else ""


def among(value: str, known: Collection[str]) -> dict[str, str]:
    """What the words of a fault say of a name that is not one of those known: all of them, and the nearest."""
    return {"known": listed(known) or "none", "advice": did_you_mean(value, known)}
