"""What print tells of the cells of a question: hiding what is printed hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from publish.disclosure.counts import Question
from publish.disclosure.rules import Row

WORDS_WITHIN, NEARLY_ALL_WITHIN = 5, 15

# A figure whose reading is in doubt and that is met is taken for known: who reads it may believe it.
FIGURES = """
select question_id, unit, breakdown, breakdown_id, level, answer as answer_code, than, statistic, rounding,
    published_value::double as value
from {source}marts.publication_reconciliation
where survey_id = $survey_id and round_id = $round_id and question_id is not null and status = 'match'
    and statistic in (
        'n', 'pct', 'is_max', 'is_min', 'in_top_4', 'more_than_rest', 'less_than_rest', 'above_each', 'differs'
    )
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

JOINED = """
select question_id, answer_level, answer_code, part from {source}intermediate.int_figures_split
where survey_id = $survey_id and round_id = $round_id
order by all
"""

Fits = Callable[[np.ndarray, float, float], np.ndarray]

# Which counts out of a base print as the value.
FITS: dict[str, Fits] = {
    "half_up_0": lambda n, base, value: np.floor((200 * n + base) / (2 * base)) == value,
    "half_up_1": lambda n, base, value: np.floor((2000 * n + base) / (2 * base)) == round(10 * value),
    "largest_remainder_0": lambda n, base, value: np.abs(100 * n / base - value) < 1,
    "words_within_5": lambda n, base, value: np.abs(100 * n / base - value) <= WORDS_WITHIN + 0.5,
    "words_nearly": lambda n, base, value: np.abs(100 * n / base - value + WORDS_WITHIN / 2) <= WORDS_WITHIN / 2 + 0.5,
    "words_nearly_all": lambda n, base, value: 100 * n / base >= value - NEARLY_ALL_WITHIN - 0.5,
    "at_least": lambda n, base, value: 100 * n / base >= value - 0.5,
}


@dataclass(frozen=True)
class Printed:
    """What is printed of a round, and what its words on ranks compare.

    `classes` are the size classes that a row of one of their breakdowns holds; `counties` those that are ranked.
    `joined` are the answers that figures count together, by question, level and what is written for them.
    """

    figures: pd.DataFrame
    classes: Mapping[tuple[str, str], frozenset[str]]
    counties: frozenset[str]
    joined: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A sum of cells, each times a number, between two bounds."""

    cells: tuple[tuple[int, float], ...]
    low: float
    high: float


@dataclass(frozen=True)
class Relations:
    """What print says of several cells of a question at once.

    `joined` are options that are counted together, by their places: each is a column beside those of the answers, and
    a cell of `lines` is row * columns + column. That a county is among four of which others are larger says less than
    that these, and no others, may be larger: the search takes it so, to be on the safe side.
    """

    joined: tuple[tuple[int, ...], ...] = ()
    lines: tuple[Line, ...] = ()


NO_RELATIONS = Relations()


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
    joined: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for each in table(JOINED).itertuples():
        of_figure = (str(each.question_id), str(each.answer_level), str(each.answer_code))
        joined[of_figure] = (*joined.get(of_figure, ()), str(each.part))
    return Printed(table(FIGURES), classes, frozenset(table(COUNTED)["breakdown_id"]), joined)


def relations(question: Question, printed: Printed) -> Relations:
    """What print says of several cells of a question; that a share is not the largest, or is not the same everywhere,
    tells nothing that is used."""
    cells, figures = _Cells(question, printed), printed.figures
    lines = [
        line
        for each in figures[figures["question_id"] == question.question_id].itertuples()
        if (cell := cells.place(_row(each), _answer(each))) is not None
        for line in _lines(cells, cell, each)
    ]
    return Relations(cells.joined, tuple(sorted(set(lines), key=repr)))  # the figures come in any order


def _row(figure: Any) -> Row:
    return str(figure.unit), str(figure.breakdown), str(figure.breakdown_id)


def _answer(figure: Any) -> tuple[str, str]:
    return str(figure.level), str(figure.answer_code)


def _lines(cells: _Cells, cell: int, figure: Any) -> Iterator[Line]:
    """What one figure says; of the count of a single answer intervals() tells."""
    row, says_so = _row(figure), figure.value == 1
    match figure.statistic:
        case "n" | "pct" if cells.is_joined(cell):
            yield Line(((cell, 1.0),), *_bounds(figure, cells.base(cell)))
        case "is_max" | "is_min" if says_so:
            sign = 1 if figure.statistic == "is_max" else -1
            for other in cells.others(cell, "size_class", cells.inside(row)):
                yield cells.excess(cell, [other], sign)
        case "in_top_4" if says_so:
            for other in cells.others(cell, "county", frozenset({row[2]}), cells.printed.counties):
                if cells.share(cell) >= cells.share(other):
                    yield cells.excess(cell, [other])
        case "more_than_rest" | "less_than_rest":
            sign, least = 1 if figure.statistic == "more_than_rest" else -1, 1.0 if says_so else -np.inf
            rest = cells.others(cell, cells.compared_with(row), cells.inside(row))
            yield cells.excess(cell, list(rest), sign, least, np.inf if says_so else 0.0)
        case "above_each" if says_so:
            for code in str(figure.than).split("+"):
                if (lower := cells.place(row, (str(figure.level), code))) is not None:
                    yield Line(((cell, 1.0), (lower, -1.0)), 1.0, np.inf)


class _Cells:
    """The cells of a question, and of the options that figures count together, by their places."""

    def __init__(self, question: Question, printed: Printed) -> None:
        self.question, self.printed = question, printed
        self.rows = {row: place for place, row in enumerate(question.rows)}
        self.answers = {answer: place for place, answer in enumerate(question.answers)}
        written = sorted(key[1:] for key in printed.joined if key[0] == question.question_id)
        of_question = {key: self._options(key[0], printed.joined[question.question_id, *key]) for key in written}
        kept = {key: options for key, options in of_question.items() if options}
        self.joined = tuple(kept.values())
        self.answers |= {key: place for place, key in enumerate(kept, start=len(question.answers))}
        self.width = len(self.answers)

    def _options(self, level: str, codes: Sequence[str]) -> tuple[int, ...]:
        """The places of the options of these answers; none where one of them was not asked."""
        places, n_options = [self.answers.get((level, code)) for code in codes], self.question.n_options
        if None in places:
            return ()
        members = [
            (place,) if place < n_options else self.question.groups[place - n_options]
            for place in places
            if place is not None
        ]
        return tuple(sorted(option for of_answer in members for option in of_answer))

    def place(self, row: Row, answer: tuple[str, str]) -> int | None:
        """The cell's place; None where there is no such cell, or nobody in it."""
        if row not in self.rows or answer not in self.answers or not self.question.bases[self.rows[row]]:
            return None
        return self.rows[row] * self.width + self.answers[answer]

    def is_joined(self, cell: int) -> bool:
        return cell % self.width >= len(self.question.answers)

    def base(self, cell: int) -> int:
        return int(self.question.bases[cell // self.width])

    def share(self, cell: int) -> float:
        return float(self.question.n[divmod(cell, self.width)]) / self.base(cell)

    def inside(self, row: Row) -> frozenset[str]:
        """The rows that are part of this one."""
        return self.printed.classes.get(row[1:], frozenset({row[2]}))

    def compared_with(self, row: Row) -> str:
        """The breakdown whose rows are the rest: unions overlap, size classes do not."""
        return "size_class" if row[1] == "size_class_group" else row[1]

    def others(
        self, cell: int, breakdown: str, left_out: frozenset[str], among: frozenset[str] | None = None
    ) -> Iterator[int]:
        """Cells of the same answer in other rows of a breakdown."""
        unit = self.question.rows[cell // self.width][0]
        for row, place in self.rows.items():
            is_compared = row[2] not in left_out and (among is None or row[2] in among)
            if row[:2] == (unit, breakdown) and is_compared and self.question.bases[place]:
                yield place * self.width + cell % self.width

    def excess(self, cell: int, others: Sequence[int], sign: int = 1, low: float = 0.0, high: float = np.inf) -> Line:
        """By how much the share of a cell is over that of others together, times both bases."""
        base, rest = self.base(cell), sum(map(self.base, others))
        return Line(((cell, float(sign * rest)), *((other, float(-sign * base)) for other in others)), low, high)


def intervals(question: Question, printed: Printed) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that print leaves to each cell, rows x answers: 0 and infinity where it is silent."""
    least, most = np.zeros(question.n.shape), np.full(question.n.shape, np.inf)
    rows = {row: place for place, row in enumerate(question.rows)}
    answers = {answer: place for place, answer in enumerate(question.answers)}
    figures = printed.figures[printed.figures["statistic"].isin(["n", "pct"])]
    for each in figures[figures["question_id"] == question.question_id].itertuples():
        row, answer = rows.get(_row(each)), answers.get(_answer(each))
        if row is None or answer is None:
            continue
        low, high = _bounds(each, int(question.bases[row]))
        least[row, answer] = max(least[row, answer], low)
        most[row, answer] = min(most[row, answer], high)
    return least, most


def _bounds(figure: Any, base: int) -> tuple[float, float]:
    """The least and the most that a printed count or share leaves."""
    value = float(figure.value)
    if figure.statistic == "n":
        return value, np.inf if figure.rounding == "at_least" else value
    counts = np.arange(base + 1)
    fitting = counts[FITS.get(str(figure.rounding), FITS["half_up_0"])(counts, base, value)] if base else counts
    return (float(fitting[0]), float(fitting[-1])) if len(fitting) else (0.0, np.inf)
