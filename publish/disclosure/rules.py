"""How few may stand behind a figure, and what a hidden one is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["public_fact", "opinion", "personal"]

SHOWN = "shown"
ZERO = "zero"
NOT_ASKED = "not_asked"
HIDDEN_PRIMARY = "hidden_primary"
HIDDEN_COMPLEMENTARY = "hidden_complementary"
HIDDEN = (HIDDEN_PRIMARY, HIDDEN_COMPLEMENTARY)


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
