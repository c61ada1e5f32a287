"""Rules on a frame, judged by Great Expectations. No value of the data is kept: only which rule held."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, TypeAlias

import pandas as pd

from expectations.loading import load_when_used, without
from expectations.rules import Rule

os.environ["GX_ANALYTICS_ENABLED"] = "false"
load_when_used("altair", "scipy.stats")  # plots and distributions: a third of the time it takes to load

with without("sqlalchemy"):
    import great_expectations as gx
    import great_expectations.expectations as gxe
    from great_expectations.data_context.types.base import ProgressBarsConfig

PLACE = ("survey_id", "round_id", "question_id")
Columns: TypeAlias = "Sequence[pd.Series[Any]]"
Said: TypeAlias = dict[int, bool]
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
    picked = rows_of(frame)
    asked, controls = [picked(rule)[rule.column] for rule in rules], _controls(rules, frame)
    held, accepted = _judge_together(rules, asked, controls)
    return [Verdict(rule, held[i], len(asked[i]), not accepted[i]) for i, rule in enumerate(rules)]


def _judge_together(rules: Sequence[Rule], asked: Columns, controls: Columns) -> tuple[Said, Said]:
    """By the place of each rule, whether it holds, and whether it accepts its control.

    Rules that ask the same of a value are asked of all their values at once, and one by one where some value breaks
    them: questions and rounds have few code lists between them, and to be asked costs a hundredth of a second.
    """
    same = _places((rule.kind, rule.column, rule.expected) for rule in rules)
    tried = _places((rule.kind, rule.column, rule.expected, *own) for rule, own in zip(rules, controls, strict=True))
    values = [pd.concat([asked[i] for i in places]).drop_duplicates() for places in same]
    said = _validate([rules[i] for i, *_ in (*same, *tried)], [*values, *(controls[i] for i, *_ in tried)])
    held, accepted = _spread(same, said), _spread(tried, said[len(same) :])
    if apart := [i for places, is_held in zip(same, said, strict=False) if not is_held for i in places]:
        held |= dict(zip(apart, _validate([rules[i] for i in apart], [asked[i] for i in apart]), strict=True))
    return held, accepted


def _places(keys: Iterable[Hashable]) -> list[list[int]]:
    """Where equal keys stand."""
    found: dict[Hashable, list[int]] = {}
    for i, key in enumerate(keys):
        found.setdefault(key, []).append(i)
    return [*found.values()]


def _spread(places: Sequence[Sequence[int]], said: Iterable[bool]) -> Said:
    return {i: each for of_each, each in zip(places, said, strict=False) for i in of_each}


def rows_of(frame: pd.DataFrame) -> Callable[[Rule], pd.DataFrame]:
    """What picks the rows of the profile that a rule speaks of; where the profile is of questions, a rule looks at no
    others than its own."""
    if not {*PLACE} <= {*frame}:
        return lambda rule: _matching(rule, frame, {})
    of_question, none = dict(tuple(frame.groupby([*PLACE], sort=False))), frame.iloc[:0]
    return lambda rule: _matching(rule, of_question.get((rule.survey_id, rule.round_id, rule.question_id), none), PLACE)


def _matching(rule: Rule, rows: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    masks = (rows[column].isin(list(values)) for column, values in rule.condition.items() if column not in known)
    return rows[reduce(and_, masks)]


def _validate(rules: Sequence[Rule], columns: Columns) -> list[bool]:
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
    """A column from its first row on; texts as objects, which a frame keeps in one block: it is filtered for each rule.
    A column without conditions costs Great Expectations a tenth of a condition on a shared one."""
    kind = column.dtype if pd.api.types.is_numeric_dtype(column) else object
    return column.reset_index(drop=True).astype(kind)


def _expectation(number: int, rule: Rule) -> Any:
    if rule.kind == "between":
        low, high = (float(bound) for bound in rule.expected)
        return gxe.ExpectColumnValuesToBeBetween(column=str(number), min_value=low, max_value=high)
    expectation, argument = EXPECTATIONS[rule.kind]
    value = list(rule.expected) if argument == "value_set" else rule.expected[0]
    return expectation(column=str(number), **{argument: value})


def _controls(rules: Sequence[Rule], frame: pd.DataFrame) -> Columns:
    """The value of each control in the type of the profile, so that both are judged alike; none of one that its rule
    does not speak of."""
    shaped = pd.DataFrame([dict(rule.control) for rule in rules], dtype=object).reindex(columns=frame.columns)
    shaped = shaped.astype(frame.dtypes.to_dict())
    return [
        shaped[rule.column].iloc[[i] * all(row[column] in values for column, values in rule.condition.items())]
        for i, (rule, row) in enumerate(zip(rules, shaped.to_dict("records"), strict=True))
    ]
