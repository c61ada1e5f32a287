"""What print tells of the cells of a question: published_figures.csv is public, and hiding what it tells hides nothing."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from publish.disclosure.counts import Question

WORDS_WITHIN = 5

# A figure whose reading is in doubt, or that is known to be wrong, tells nothing for certain.
FIGURES = """
select question_id, unit, breakdown, breakdown_id, level, answer as answer_code, statistic, rounding,
    published_value::double as value
from {source}marts.publication_reconciliation
where survey_id = $survey_id and round_id = $round_id and question_id is not null and statistic in ('n', 'pct')
    and status = 'match' and figure_status = 'published'
order by all
"""

Fits = Callable[[np.ndarray, float, float], np.ndarray]

# Which counts out of a base print as the value.
FITS: dict[str, Fits] = {
    "half_up_0": lambda n, base, value: np.floor((200 * n + base) / (2 * base)) == value,
    "half_up_1": lambda n, base, value: np.floor((2000 * n + base) / (2 * base)) == round(10 * value),
    "largest_remainder_0": lambda n, base, value: np.abs(100 * n / base - value) < 1,
    "words_within_5": lambda n, base, value: np.abs(100 * n / base - value) <= WORDS_WITHIN + 0.5,
}


def figures(connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str, source: str = "") -> pd.DataFrame:
    """The figures of a round that are printed and met, by question and cell."""
    of_round = {"survey_id": survey_id, "round_id": round_id}
    return connection.execute(FIGURES.format(source=source), of_round).df()


def intervals(question: Question, printed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that print leaves to each cell, rows x answers: 0 and infinity where it is silent."""
    least, most = np.zeros(question.n.shape), np.full(question.n.shape, np.inf)
    rows = {row: place for place, row in enumerate(question.rows)}
    answers = {answer: place for place, answer in enumerate(question.answers)}
    for each in printed[printed["question_id"] == question.question_id].itertuples():
        row = rows.get((str(each.unit), str(each.breakdown), str(each.breakdown_id)))
        answer = answers.get((str(each.level), str(each.answer_code)))
        if row is None or answer is None:
            continue
        low, high = _interval(str(each.statistic), str(each.rounding), float(each.value), int(question.bases[row]))
        least[row, answer] = max(least[row, answer], low)
        most[row, answer] = min(most[row, answer], high)
    return least, most


def _interval(statistic: str, rounding: str, value: float, base: int) -> tuple[float, float]:
    if statistic == "n":
        return value, value
    counts = np.arange(base + 1)
    fitting = counts[FITS.get(rounding, FITS["half_up_0"])(counts, base, value)] if base else counts
    return (float(fitting[0]), float(fitting[-1])) if len(fitting) else (0.0, np.inf)
