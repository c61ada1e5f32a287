"""One rule: what Great Expectations is asked about a column of a profile, and a row that must break it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["in_set", "not_in_set", "matches", "matches_not", "between"]
ALL = "all"
CAN_FAIL = "expectations_can_fail"


@dataclass(frozen=True)
class Rule:
    """An expectation on the rows of a profile that `condition` picks, in words that map its result to a check.

    `control` is a profile row that the rule must reject: a rule that accepts it cannot fail and is no check.
    """

    check_id: str
    asset: str
    severity: str
    kind: Kind
    column: str
    expected: tuple[str | float, ...]
    condition: Mapping[str, tuple[str, ...]]
    control: Mapping[str, object]
    survey_id: str = ALL
    round_id: str = ALL
    question_id: str = ""
