"""Rules on a frame, judged by Great Expectations. No value of the data is kept: only which rule held."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from expectations.rules import Rule

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.row_conditions import Column

EXPECTATIONS: dict[str, tuple[Any, str]] = {
    "in_set": (gxe.ExpectColumnValuesToBeInSet, "value_set"),
    "not_in_set": (gxe.ExpectColumnValuesToNotBeInSet, "value_set"),
    "matches": (gxe.ExpectColumnValuesToMatchRegex, "regex"),
    "matches_not": (gxe.ExpectColumnValuesToNotMatchRegex, "regex"),
}


@dataclass(frozen=True)
class Verdict:
    """What became of a rule: did it hold, on how many rows of the profile, and would it have caught its control."""

    rule: Rule
    held: bool
    n_judged: int
    can_fail: bool

    @property
    def passed(self) -> bool:
        """A rule that judged nothing, or that cannot fail, has not passed."""
        return self.held and self.n_judged > 0 and self.can_fail


def judge(rules: Sequence[Rule], frame: pd.DataFrame) -> list[Verdict]:
    """A verdict for each rule on `frame` (the profile: one row per different value, with its count `n`).

    Raises ValueError when there is no rule at all: an empty suite passes everything.
    """
    if not rules:
        raise ValueError("The suite is empty: nothing would be judged")
    held = _validate(rules, frame)
    controls = pd.DataFrame([dict(rule.control) for rule in rules], dtype=object)
    caught = [not ok for ok in _validate(rules, _like(controls, frame))]
    return [
        Verdict(rule, ok, int(picked(rule, frame).sum()), can_fail)
        for rule, ok, can_fail in zip(rules, held, caught, strict=True)
    ]


def picked(rule: Rule, frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of the profile the rule speaks of."""
    masks = (frame[column].isin(list(values)) for column, values in rule.condition.items())
    return reduce(lambda left, right: left & right, masks)


def _validate(rules: Sequence[Rule], frame: pd.DataFrame) -> list[bool]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("profile").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="rules", expectations=[_expectation(i, rule) for i, rule in enumerate(rules)])
    results: Any = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    held = {result.expectation_config.meta["rule"]: bool(result.success) for result in results}
    return [held[i] for i in range(len(rules))]


def _expectation(number: int, rule: Rule) -> Any:
    conditions: list[Any] = [Column(column).is_in(list(values)) for column, values in rule.condition.items()]
    common: dict[str, Any] = {
        "column": rule.column,
        "row_condition": reduce(lambda left, right: left & right, conditions),
        "meta": {"rule": number},
    }
    if rule.kind == "between":
        low, high = (float(bound) for bound in rule.expected)
        return gxe.ExpectColumnValuesToBeBetween(min_value=low, max_value=high, **common)
    expectation, argument = EXPECTATIONS[rule.kind]
    value = list(rule.expected) if argument == "value_set" else rule.expected[0]
    return expectation(**common, **{argument: value})


def _like(controls: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The control rows in the shape and types of the profile, so that both are judged alike."""
    shaped = controls.reindex(columns=frame.columns)
    return shaped.astype(frame.dtypes.to_dict())
