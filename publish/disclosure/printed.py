"""What print tells of the cells of a question: hiding what is printed hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from publish.disclosure.counts import Question
from publish.disclosure.rules import Row

WORDS_WITHIN = 5

# A figure whose reading is in doubt and that is met is taken for known: who reads it may believe it.
FIGURES = """
select question_id, unit, breakdown, breakdown_id, level, answer as answer_code, statistic, rounding,
    published_value::double as value
from {source}marts.publication_reconciliation
where survey_id = $survey_id and round_id = $round_id and question_id is not null and status = 'match'
    and statistic in ('n', 'pct', 'is_max', 'is_min', 'in_top_4')
order by all
"""

# Which classes a row of size classes holds, and the counties that are counted as such.
CLASSES = """
select distinct broken_down.breakdown, broken_down.breakdown_id, classes.breakdown_id as size_class_id
from {source}intermediate.int_frame_broken_down as broken_down
inner join {source}intermediate.int_frame_broken_down as classes using (survey_id, round_id, municipality_code)
where survey_id = $survey_id and round_id = $round_id and classes.breakdown = 'size_class'
    and broken_down.breakdown in ('size_class', 'size_class_group')
"""
COUNTED = """
select breakdown_id from {source}marts.dim_breakdown
where survey_id = $survey_id and breakdown = 'county' and is_counted
"""

Fits = Callable[[np.ndarray, float, float], np.ndarray]

# Which counts out of a base print as the value.
FITS: dict[str, Fits] = {
    "half_up_0": lambda n, base, value: np.floor((200 * n + base) / (2 * base)) == value,
    "half_up_1": lambda n, base, value: np.floor((2000 * n + base) / (2 * base)) == round(10 * value),
    "largest_remainder_0": lambda n, base, value: np.abs(100 * n / base - value) < 1,
    "words_within_5": lambda n, base, value: np.abs(100 * n / base - value) <= WORDS_WITHIN + 0.5,
}


@dataclass(frozen=True)
class Printed:
    """What is printed of a round, and what its words on ranks compare.

    `classes` are the size classes that a row of one of their breakdowns holds; `counties` those that are ranked.
    """

    figures: pd.DataFrame
    classes: Mapping[tuple[str, str], frozenset[str]]
    counties: frozenset[str]


@dataclass(frozen=True)
class Ranks:
    """What print says of the order of shares, over the cells of a question (row * answers + answer).

    `not_below`: pairs of which the first share is not below the second. That a county is among four of which others
    are larger says less than that these, and no others, may be larger: the search takes it so, to be on the safe side.
    """

    not_below: tuple[tuple[int, int], ...] = ()


NO_RANKS = Ranks()


def read(connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str, source: str = "") -> Printed:
    """What is printed of a round, and met by what was computed."""

    def table(sql: str) -> pd.DataFrame:
        of_round = {"survey_id": survey_id, "round_id": round_id}
        names = {name: value for name, value in of_round.items() if f"${name}" in sql}
        return connection.execute(sql.format(source=source), names).df()

    classes: dict[tuple[str, str], frozenset[str]] = {}
    for each in table(CLASSES).itertuples():
        key = (str(each.breakdown), str(each.breakdown_id))
        classes[key] = classes.get(key, frozenset()) | {str(each.size_class_id)}
    return Printed(table(FIGURES), classes, frozenset(table(COUNTED)["breakdown_id"]))


def ranks(question: Question, printed: Printed) -> Ranks:
    """What print says of the order of a question's cells; only a figure that says yes tells something."""
    cells = _Cells(question)
    figures = printed.figures
    not_below: list[tuple[int, int]] = []
    for each in figures[(figures["question_id"] == question.question_id) & (figures["value"] == 1)].itertuples():
        row, answer = (
            (str(each.unit), str(each.breakdown), str(each.breakdown_id)),
            (str(each.level), str(each.answer_code)),
        )
        cell = cells.place(row, answer)
        if cell is None:
            continue
        if each.statistic in ("is_max", "is_min"):
            inside = printed.classes.get(row[1:], frozenset())
            others = cells.others(row[0], "size_class", answer, inside)
            not_below += [(cell, other) if each.statistic == "is_max" else (other, cell) for other in others]
        elif each.statistic == "in_top_4":
            others = cells.others(row[0], "county", answer, frozenset({row[2]}), printed.counties)
            not_below += [(cell, other) for other in others if cells.share(cell) >= cells.share(other)]
    return Ranks(tuple(sorted(set(not_below))))  # the figures come in any order


class _Cells:
    def __init__(self, question: Question) -> None:
        self.question = question
        self.rows = {row: place for place, row in enumerate(question.rows)}
        self.answers = {answer: place for place, answer in enumerate(question.answers)}

    def place(self, row: Row, answer: tuple[str, str]) -> int | None:
        """The cell's place; None where there is no such cell, or nobody in it."""
        if row not in self.rows or answer not in self.answers or not self.question.bases[self.rows[row]]:
            return None
        return self.rows[row] * len(self.answers) + self.answers[answer]

    def share(self, cell: int) -> float:
        row, answer = divmod(cell, len(self.answers))
        return float(self.question.n[row, answer] / self.question.bases[row])

    def others(
        self,
        unit: str,
        breakdown: str,
        answer: tuple[str, str],
        left_out: frozenset[str],
        among: frozenset[str] | None = None,
    ) -> Iterator[int]:
        for row in self.rows:
            is_compared = row[2] not in left_out and (among is None or row[2] in among)
            if row[:2] == (unit, breakdown) and is_compared and (cell := self.place(row, answer)) is not None:
                yield cell


def intervals(question: Question, printed: Printed) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that print leaves to each cell, rows x answers: 0 and infinity where it is silent."""
    least, most = np.zeros(question.n.shape), np.full(question.n.shape, np.inf)
    rows = {row: place for place, row in enumerate(question.rows)}
    answers = {answer: place for place, answer in enumerate(question.answers)}
    figures = printed.figures[printed.figures["statistic"].isin(["n", "pct"])]
    for each in figures[figures["question_id"] == question.question_id].itertuples():
        row = rows.get((str(each.unit), str(each.breakdown), str(each.breakdown_id)))
        answer = answers.get((str(each.level), str(each.answer_code)))
        if row is None or answer is None:
            continue
        low, high = _interval(str(each.statistic), str(each.rounding), float(str(each.value)), int(question.bases[row]))
        least[row, answer] = max(least[row, answer], low)
        most[row, answer] = min(most[row, answer], high)
    return least, most


def _interval(statistic: str, rounding: str, value: float, base: int) -> tuple[float, float]:
    if statistic == "n":
        return value, value
    counts = np.arange(base + 1)
    fitting = counts[FITS.get(rounding, FITS["half_up_0"])(counts, base, value)] if base else counts
    return (float(fitting[0]), float(fitting[-1])) if len(fitting) else (0.0, np.inf)
