"""Which rows of number_summary are hidden: those with few behind them, and those that a total could be found from."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import linprog

from publish.disclosure import layout
from publish.disclosure.counts import TOLD_UNITS, RoundCounts
from publish.disclosure.rules import HIDDEN_COMPLEMENTARY, HIDDEN_PRIMARY, Row, few_further

COLUMNS = (
    "survey_id", "round_id", "question_id", "unit", "breakdown", "breakdown_id", "level", "answer_code",
    "cell_status", "is_base_hidden",
)  # fmt: skip

NUMBERS = """
with given as (
    select numbers.*, frame.breakdown, frame.breakdown_id
    from {source}intermediate.int_numbers_grouped as numbers
    inner join {source}intermediate.int_frame_broken_down as frame using (survey_id, round_id, municipality_code)
    where numbers.survey_id = $survey_id and numbers.round_id = $round_id
),

behind as (
    select question_id, breakdown, breakdown_id, sum(n)::bigint as n_responses, count(*) as n_municipalities
    from given where unit = 'response'
    group by all
),

largest as (
    select question_id, unit, breakdown, breakdown_id, max(magnitude) / nullif(sum(magnitude), 0) as part
    from given
    group by all
)

select
    rows.question_id, questions.disclosure, rows.unit, rows.breakdown, rows.breakdown_id, rows.n, rows.total,
    coalesce(behind.n_responses, rows.n) as n_responses, coalesce(behind.n_municipalities, 0) as n_municipalities,
    coalesce(largest.part, 0) as largest_part
from {source}marts.number_summary as rows
inner join {source}marts.dim_question as questions using (survey_id, question_id)
left join behind using (question_id, breakdown, breakdown_id)
left join largest using (question_id, unit, breakdown, breakdown_id)
where rows.survey_id = $survey_id and rows.round_id = $round_id and rows.cell_status = 'shown'
    and questions.disclosure <> 'public_fact' and {units}
order by all
"""
# One municipality that gives more than this of a total could be told from it, by the others above all.
DOMINANCE = 0.5
# As in pattern.py; all else costs 1.
PRICE = {"all": 1000.0, "size_class_group": 60.0, "size_class": 20.0}


def hidden_rows(connection: duckdb.DuckDBPyConnection, counts: RoundCounts, source: str = "source.") -> pd.DataFrame:
    """The rows of number_summary of a round that are hidden, as cells of the level `number`.

    By what respondents say (role, a question) no numbers are told of questions that are not public facts.
    """
    of_round = {"survey_id": counts.survey_id, "round_id": counts.round_id}
    rows = connection.execute(NUMBERS.format(source=source, units=TOLD_UNITS.format(source=source)), of_round).df()
    found = [row for _, each in rows.groupby("question_id") for row in _of_question(each, counts)]
    return pd.DataFrame([(counts.survey_id, counts.round_id, *row) for row in found], columns=list(COLUMNS))


def _of_question(rows: pd.DataFrame, counts: RoundCounts) -> Iterator[tuple[str, str, str, str, str, str, str, bool]]:
    areas = set(counts.responded["breakdown"]) - counts.facts
    is_area = rows["breakdown"].isin(areas).to_numpy()
    rule, is_personal = counts.rule, (rows["disclosure"] == "personal").to_numpy()
    few = (rows["n_responses"] < rule.min_responses) | (rows["n_municipalities"] < rule.min_municipalities)
    few |= rows["largest_part"] > DOMINANCE
    under = few.to_numpy() | is_personal | ~is_area
    places: list[Row] = [(each.unit, each.breakdown, each.breakdown_id) for each in rows.itertuples()]  # type: ignore[misc]
    under |= few_further(places, rows["n"].to_numpy(), rule)
    hidden = under.copy()
    if not is_personal.all():
        parts = layout.of_round(places, counts.responded).rows.toarray()
        hidden = complemented(parts, under, np.array([PRICE.get(place[1], 1.0) for place in places]), is_area)
    question_id = str(rows["question_id"].iloc[0])
    for place, is_hidden, is_under, has_area in zip(places, hidden, under, is_area, strict=True):
        if is_hidden:
            status = HIDDEN_PRIMARY if is_under else HIDDEN_COMPLEMENTARY
            yield (question_id, *place, "number", "", status, not has_area)


def complemented(parts: np.ndarray, hidden: np.ndarray, prices: np.ndarray, can_tell: np.ndarray) -> np.ndarray:
    """Hide more rows until the total of no hidden row is a sum and difference of told ones.

    parts: rows x parts; the others have one value per row. A row is a combination of the told ones exactly where no
    vector that is zero on those is not zero on it; the cheapest such vector says what to hide.
    """
    found = hidden.copy()
    while True:
        pinned = [row for row in np.flatnonzero(found & can_tell) if _is_sum(parts[~found], parts[row])]
        if not pinned:
            return found
        found |= _cheapest(parts, ~found, prices, int(pinned[0]))


def _is_sum(told: np.ndarray, row: np.ndarray) -> bool:
    if not row.any():
        return False
    return bool(np.linalg.matrix_rank(np.vstack([told, row])) == np.linalg.matrix_rank(told)) if len(told) else False


def _cheapest(parts: np.ndarray, told: np.ndarray, prices: np.ndarray, target: int) -> np.ndarray:
    """The told rows that must change so that the target can."""
    rows = np.flatnonzero(told)
    n_parts, n_rows = parts.shape[1], len(rows)
    slack = np.hstack([np.eye(n_rows), -np.eye(n_rows)])
    matrix = np.vstack([np.hstack([parts[rows], slack]), np.hstack([parts[target], np.zeros(2 * n_rows)])])
    right = np.append(np.zeros(n_rows), 1.0)
    cost = np.concatenate([np.zeros(n_parts), prices[rows], prices[rows]])
    bounds = [(None, None)] * n_parts + [(0, None)] * (2 * n_rows)
    change = parts @ linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs").x[:n_parts]
    return np.asarray(told & (np.abs(change) > 1e-9))
