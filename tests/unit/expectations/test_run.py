"""Great Expectations can be fooled: by an empty suite, by rows that are not there, by a rule that accepts all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from expectations.answers import number_pattern
from expectations.rules import Rule

PROFILE = pd.DataFrame(
    {"question_id": ["q", "q"], "answer_status": ["valid", "blank"], "judged_value": ["yes", ""], "n": [3, 1]}
)
RULE = Rule(
    check_id="answers_in_codebook",
    asset="int_answers_judged",
    severity="warn",
    kind="in_set",
    column="judged_value",
    expected=("yes", "no", ""),
    condition={"question_id": ("q",), "answer_status": ("valid", "blank")},
    control={"question_id": "q", "answer_status": "valid", "judged_value": "in no codebook", "n": 1},
)


def judge(rules: Sequence[Rule], profile: pd.DataFrame) -> Any:
    """Verdicts of Great Expectations, which takes seconds to load: in the process of these tests alone."""
    from expectations import run

    return run.judge(rules, profile)


def test_a_rule_that_holds_and_could_fail() -> None:
    (verdict,) = judge([RULE], PROFILE)
    assert (verdict.held, verdict.n_judged, verdict.can_fail, verdict.passed) == (True, 2, True, True)


def test_a_value_outside() -> None:
    (verdict,) = judge([RULE], PROFILE.replace("yes", "maybe"))
    assert (verdict.held, verdict.passed) == (False, False)


def test_an_empty_suite_is_no_suite() -> None:
    with pytest.raises(ValueError, match="The suite is empty"):
        judge([], PROFILE)


def test_a_rule_that_judged_nothing_has_not_passed() -> None:
    elsewhere = replace(RULE, condition={"question_id": ("other",)}, control={**RULE.control, "question_id": "other"})
    (verdict,) = judge([elsewhere], PROFILE)
    assert (verdict.held, verdict.n_judged, verdict.passed) == (True, 0, False)


def of_question(name: str, **changed: Any) -> Rule:
    own = {"condition": {**RULE.condition, "question_id": (name,)}, "control": {**RULE.control, "question_id": name}}
    return replace(RULE, **own | changed)


def test_rules_that_ask_the_same_are_told_apart() -> None:
    """They are asked together as long as they hold: of all values, and of each control."""
    other = PROFILE.assign(question_id="r", judged_value=["maybe", ""])
    alike = [RULE, of_question("r"), of_question("none"), of_question("q", expected=("yes", ""))]
    verdicts = judge(alike, pd.concat([PROFILE, other], ignore_index=True))
    assert [(each.held, each.n_judged, each.can_fail) for each in verdicts] == [
        (True, 2, True), (False, 2, True), (True, 0, True), (True, 2, True),
    ]  # fmt: skip
    blunt = of_question("r", control={**RULE.control, "judged_value": "yes"})
    unasked = of_question("r", control=RULE.control)
    assert [each.can_fail for each in judge([RULE, blunt, unasked], PROFILE)] == [True, False, False]


def test_a_rule_that_accepts_its_control_has_not_passed() -> None:
    (verdict,) = judge([replace(RULE, control={**RULE.control, "judged_value": "yes"})], PROFILE)
    assert (verdict.held, verdict.can_fail, verdict.passed) == (True, False, False)


@pytest.mark.parametrize(
    ("kind", "sign", "text", "is_number"),
    [
        ("integer", ",", "12", True),
        ("integer", ",", "2.0", True),
        ("integer", ",", "2,0", True),
        ("integer", ".", "2,0", False),
        ("integer", ",", "2,5", False),
        ("integer", ",", "1 000", False),
        ("integer", ",", "n. 220", False),
        ("decimal", ",", "1,5", True),
        ("decimal", ",", "1.5", False),
        ("decimal", ".", "1.5", True),
        ("decimal", ".", "1,5", False),
        ("decimal", ",", "-0,25", True),
        ("decimal", ",", "1e3", False),
    ],
)
def test_what_is_a_number(kind: str, sign: str, text: str, is_number: bool) -> None:
    pattern = pd.Series([text]).str.fullmatch(number_pattern(kind, sign))
    assert bool(pattern.iloc[0]) == is_number
