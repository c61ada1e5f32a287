"""Rules on a frame, judged by Great Expectations. No value of the data is kept: only which rule held."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from expectations.loading import load_when_used, without
from expectations.rules import Rule

os.environ["GX_ANALYTICS_ENABLED"] = "false"
load_when_used("altair", "scipy.stats")  # plots and distributions: a third of the time it takes to load

with without("sqlalchemy"):
    import great_expectations as gx
    import great_expectations.expectations as gxe
    from great_expectations.data_context.types.base import ProgressBarsConfig

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
    asked, controls = _columns(rules, frame), _columns(rules, _controls(rules, frame), each_its_own=True)
    held = _validate([*rules, *rules], [*asked, *controls])
    return [
        Verdict(rule, ok, len(column), not accepted)
        for rule, column, ok, accepted in zip(rules, asked, held, held[len(rules) :], strict=False)
    ]


def by_round(frame: pd.DataFrame) -> Callable[[Rule], pd.DataFrame]:
    """The rows of the round that a rule is of, which looks at no others: all where the profile is of no rounds."""
    if "round_id" not in frame:
        return lambda _: frame
    rows, none = dict(tuple(frame.groupby(["survey_id", "round_id"], sort=False))), frame.iloc[:0]
    return lambda rule: rows.get((rule.survey_id, rule.round_id), none)


def matching(rule: Rule, frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of the profile the rule speaks of."""
    masks = (frame[column].isin(list(values)) for column, values in rule.condition.items())
    return reduce(lambda left, right: left & right, masks)


def _columns(rules: Sequence[Rule], frame: pd.DataFrame, *, each_its_own: bool = False) -> list[pd.Series[Any]]:
    """What each rule is asked of: the values of its column in the rows that it speaks of. A column without conditions
    costs Great Expectations a tenth of a condition on a shared one. `each_its_own`: of the row that stands at its
    place only."""
    of_round = by_round(frame)
    return [
        rows.loc[matching(rule, rows), rule.column].reset_index(drop=True)
        for rule, rows in ((rule, frame.iloc[[i]] if each_its_own else of_round(rule)) for i, rule in enumerate(rules))
    ]


def _validate(rules: Sequence[Rule], columns: Sequence[pd.Series[Any]]) -> list[bool]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("profile").add_dataframe_asset("rules")
    frame = pd.DataFrame({str(i): _plain(column) for i, column in enumerate(columns)})
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="rules", expectations=[_expectation(i, rule) for i, rule in enumerate(rules)])
    results: Any = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    held = {result.expectation_config.kwargs["column"]: bool(result.success) for result in results}
    return [held[str(i)] for i in range(len(rules))]


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """Texts as objects, which a frame keeps in one block: it is filtered for each rule."""
    return column if pd.api.types.is_numeric_dtype(column) else column.astype(object)


def _expectation(number: int, rule: Rule) -> Any:
    if rule.kind == "between":
        low, high = (float(bound) for bound in rule.expected)
        return gxe.ExpectColumnValuesToBeBetween(column=str(number), min_value=low, max_value=high)
    expectation, argument = EXPECTATIONS[rule.kind]
    value = list(rule.expected) if argument == "value_set" else rule.expected[0]
    return expectation(column=str(number), **{argument: value})


def _controls(rules: Sequence[Rule], frame: pd.DataFrame) -> pd.DataFrame:
    """The control rows in the shape and types of the profile, so that both are judged alike."""
    shaped = pd.DataFrame([dict(rule.control) for rule in rules], dtype=object).reindex(columns=frame.columns)
    return shaped.astype(frame.dtypes.to_dict())
