"""How few may stand behind a figure, and what a hidden one is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["public_fact", "opinion", "personal"]

SHOWN = "shown"
ZERO = "zero"
NOT_ASKED = "not_asked"
HIDDEN_PRIMARY = "hidden_primary"
HIDDEN_COMPLEMENTARY = "hidden_complementary"
MIXED = "?"  # the row of a fact of which the responses of a municipality say different things


Row = tuple[str, str, str]


@dataclass(frozen=True)
class Rule:
    """The rule of a survey: a figure with fewer municipalities or fewer responses behind it is not told."""

    min_municipalities: int
    min_responses: int

    @property
    def largest_under(self) -> int:
        """The largest count of one of the two units that may be under the rule, where each municipality counts once."""
        return max(self.min_municipalities, self.min_responses) - 1

    def least_safe(self, unit: str) -> int:
        """The smallest count of a unit that can be over the rule."""
        return self.min_municipalities if unit == "municipality" else max(self.min_responses, self.min_municipalities)


def few_apart(rows: Sequence[Row], bases: np.ndarray, n: np.ndarray, rule: Rule) -> np.ndarray:
    """Which rows by response have an answer that few, or all, gave of those who do not speak for their municipality.

    `n` is rows x answers. As with few_further: the difference of the units is what they said.
    """
    places, found = {row: place for place, row in enumerate(rows)}, np.zeros(len(rows), dtype=bool)
    for (unit, breakdown, row), place in places.items():
        own = places.get(("municipality", breakdown, row))
        if unit == "response" and own is not None and bases[place] > bases[own]:
            further, in_all = n[place] - n[own], bases[place] - bases[own]
            found[place] = (((further > 0) & (further < rule.min_responses)) | (further == in_all)).any()
    return found


def few_further(rows: Sequence[Row], bases: Sequence[int] | np.ndarray, rule: Rule) -> np.ndarray:
    """Which rows (unit, breakdown, breakdown_id) count few responses beside those that speak for their municipality.

    With both units told, the difference would be the answers of these few, and it is public in which municipalities
    they are: by response nothing is told there.
    """
    own = {row[1:]: int(base) for row, base in zip(rows, bases, strict=True) if row[0] == "municipality"}
    further = [
        int(base) - own.get(row[1:], int(base)) if row[0] == "response" else 0
        for row, base in zip(rows, bases, strict=True)
    ]
    return np.array([0 < n < rule.min_responses for n in further], dtype=bool)
