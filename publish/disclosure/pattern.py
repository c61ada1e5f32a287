"""Which cells of a question are hidden: those under the rule, and as many others as it takes that none can be found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publish.disclosure.knowledge import COMPLEMENTARY, PRIMARY, TELLS, Knowledge
from publish.disclosure.printed import NO_RELATIONS

Array = NDArray[Any]

TRIES = 6  # searches in a row; cells that none of them settles are taken one by one
NEAR = 2  # how far a count may go from what it is: any table so near will do, and is soon found
# Of hiding a cell, by breakdown: what most people read goes last (DECISIONS, 50).
PRICE = {"all": 1000.0, "size_class_group": 60.0, "size_class": 20.0, "county": 3.0, "region": 2.0}
OTHER_PRICE = 4.0  # roles and questions: more than areas, less than classes of size
MOST = 0.5  # of the cells of a breakdown under the rule: more, and it is hidden whole
KEPT_LONGEST = ("all", "size_class", "size_class_group")
GROUP_PRICE = 5.0  # times: options give way to groups
WHOLE_PRICE = 10.0  # times: cells give way before rows
REWARDS = (10.0, 40.0, 160.0)  # what may be hidden for one open cell: the cheapest first
FAR = 1000.0  # a cell that may rise may rise by this
# How a cell is protected: (hide rows whole, touch the figures of all respondents), the least harm first.
LADDER = ((False, False), (True, False), (False, True), (True, True))


class Unprotected(RuntimeError):
    """A hidden cell can be found whatever else of its question is hidden: nothing was published."""


def primary(knowledge: Knowledge) -> Array:
    """PRIMARY where a cell is under the rule, or its whole row is; rows x answers."""
    question, rule = knowledge.question, knowledge.rule
    few = (question.n_municipalities < rule.min_municipalities) | (question.n_responses < rule.min_responses)
    of_municipalities = np.array([unit == "municipality" for unit, _, _ in question.rows])[:, None]
    few |= of_municipalities & (question.n < rule.min_municipalities)
    small = (question.base_municipalities < rule.min_municipalities) | (question.base_responses < rule.min_responses)
    small &= question.bases > 0
    return np.where(((question.n > 0) & few) | small[:, None], PRIMARY, TELLS)


def collapsed(knowledge: Knowledge, hidden: Array) -> Array:
    """Options give way to their group: where one of them is hidden, all of a group of several are."""
    question, found = knowledge.question, hidden.copy()
    for members in question.groups:
        if len(members) > 1:
            hole = (hidden[:, list(members)] != TELLS).any(axis=1)
            for member in members:
                found[hole & (found[:, member] == TELLS) & (question.n[:, member] > 0), member] = COMPLEMENTARY
    return found


def shattered(knowledge: Knowledge, hidden: Array) -> Array:
    """Breakdowns give way to their unions: where most cells of one are under the rule, it is hidden whole.

    Options and groups are judged apart, both units together. The figures of all respondents always stay.
    """
    question, found = knowledge.question, hidden.copy()
    for name in sorted({breakdown for _, breakdown, _ in question.rows} - {"all"}):
        rows = np.array([breakdown == name for _, breakdown, _ in question.rows]) & (question.bases > 0)
        for part in (slice(0, question.n_options), slice(question.n_options, None)):
            there = question.n[rows][:, part] > 0
            if (hidden[rows][:, part] != TELLS)[there].sum() > MOST * there.sum():
                cells = np.zeros(hidden.shape, dtype=bool)
                cells[rows, part] = True
                found[cells & (found == TELLS)] = COMPLEMENTARY
    return found


def given_away(knowledge: Knowledge, random: np.random.Generator) -> Array:
    """Cells that print and the public bases tell, whatever is hidden; rows x answers."""
    least, most = knowledge.printed
    is_silent = not ((least > 0) | np.isfinite(most)).any() and knowledge.relations == NO_RELATIONS
    if is_silent:
        return np.zeros(least.shape, dtype=bool)
    everything = np.full(least.shape, PRIMARY)
    everything[knowledge.question.bases == 0] = TELLS
    nothing_told = Search(knowledge, everything, random, np.zeros(least.shape, dtype=bool))
    nothing_told.prove_many()
    for row, answer in np.argwhere(nothing_told.open):
        if not nothing_told.proven[row, answer]:
            nothing_told.try_alone((int(row), int(answer)))
    return nothing_told.open


@dataclass
class Search:
    """The state of a search: what is hidden so far, and which hidden cells have been shown to have another value.

    What is shown once stays shown: hiding more never makes a table impossible.
    """

    knowledge: Knowledge
    hidden: Array
    random: np.random.Generator
    given: Array
    proven: Array = field(init=False)
    implied: Array = field(init=False)

    def __post_init__(self) -> None:
        self.proven = np.zeros(self.hidden.shape, dtype=bool)
        self.implied = np.zeros(self.hidden.shape, dtype=bool)
        self.hidden = np.where(self.given, TELLS, self.hidden)

    @property
    def free(self) -> Array:
        """Cells that are told and might be hidden."""
        return np.asarray((self.hidden == TELLS) & ~self.given)

    @property
    def values(self) -> Array:
        return self.knowledge.question.n

    @property
    def open(self) -> Array:
        return np.asarray((self.hidden != TELLS) & ~self.proven)

    @property
    def bounds(self) -> tuple[Array, Array]:
        return self.knowledge.label_bounds(self.hidden, self.implied | self.given)

    def run(self) -> Array:
        """Hide until every hidden cell has another possible value. Raises Unprotected and Undecided."""
        self.tell_implied_zeros()
        self.prove_many()
        for reward in REWARDS:
            self.hide_many(reward)
        for cell in self.each_open():
            self.protect(cell)
        return self.hidden

    def each_open(self) -> Iterator[tuple[int, int]]:
        while self.open.any():
            row, answer = np.argwhere(self.open)[0]
            yield int(row), int(answer)
            if self.open.any():
                self.prove_many()

    def note(self, table: Array) -> int:
        """Mark the hidden cells that have another value in this table; how many are new."""
        new = self.open & (table != self.values)
        self.proven |= new
        return int(new.sum())

    def tell_implied_zeros(self) -> None:
        """A zero that follows from zeros that are told is told too: hiding it would hide nothing."""
        told = (self.hidden == TELLS) & ~self.implied & (self.values == 0)
        possible = self.knowledge.can_be_more(told)
        implied = (self.hidden != TELLS) & (self.values == 0) & ~possible
        self._tell(implied)

    def _tell(self, cells: Array) -> None:
        self.implied |= cells
        self.hidden[cells] = TELLS

    def prove_many(self) -> None:
        """Look for tables in which as many open cells as can be have another value, while that finds any."""
        for _ in range(TRIES):
            if not self.open.any():
                return
            weights = self._directions() * self.random.uniform(0.5, 1.5, self.hidden.shape)
            table = self.knowledge.solve(*self.bounds, weights, near=NEAR)
            if table is None or not self.note(table):
                return

    def try_alone(self, cell: tuple[int, int]) -> None:
        """Look for a table in which this cell has another value, hiding nothing more."""
        value, none = float(self.values[cell]), np.zeros(self.hidden.shape)
        for step in (1, -1):
            least, most = self.bounds
            if step > 0:
                least[cell] = value + 1
            else:
                most[cell] = value - 1
            table = self.knowledge.solve(least, most, none)
            if table is not None:
                self.note(table)

    def _directions(self) -> Array:
        return np.where(self.open, self.random.choice([-1.0, 1.0], self.hidden.shape), 0.0)

    def hide_many(self, reward: float) -> None:
        """Hide what must change so that many open cells change by one, each for at most `reward`."""
        for _ in range(TRIES):
            if not self.open.any():
                return
            least, most = self.bounds
            near = self.open & np.isfinite(most)
            least = np.where(near, np.maximum(least, self.values - 1), least)
            most = np.where(near, np.minimum(most, self.values + 1), most)
            table = self.knowledge.solve(least, most, -reward * self._directions(), *self.prices(), near=NEAR)
            if table is None or not self.hide(table) + self.note(table):
                return
            self.prove_many()

    def prices(self, whole: bool = False, headline: bool = False) -> tuple[Array, tuple[Array, Array]]:
        """What a change of each told cell costs, and how far it may go down and up.

        A cell of a complementary label is zero or over the rule; in a row that is hidden whole it may be anything.
        The figures of all respondents are not touched unless `headline`.
        """
        question, told = self.knowledge.question, self.free
        price = np.array([PRICE.get(breakdown, OTHER_PRICE) for _, breakdown, _ in question.rows])[:, None]
        level = np.where(np.arange(self.values.shape[1]) < question.n_options, 1.0, GROUP_PRICE)[None, :]
        safe = np.array([self.knowledge.rule.least_safe(unit) for unit, _, _ in question.rows])[:, None]
        touched = (question.bases > 0) & np.array([headline or name != "all" for _, name, _ in question.rows])
        can_change = (told | self._labelled if whole else told & (self.values > 0)) & touched[:, None]
        (least, most), stays = self.bounds, 0 if whole else safe
        down = np.minimum(np.maximum(least - stays, 0.0), self.values - self.knowledge.printed[0])
        up = np.minimum(np.where(np.isfinite(most), FAR, 0.0), self.knowledge.printed[1] - self.values)
        costs = price * level * (1 + self.values / 20) * (WHOLE_PRICE if whole else 1)
        return costs, (np.where(can_change, down, 0.0), np.where(can_change, up, 0.0))

    @property
    def _labelled(self) -> Array:
        """Hidden cells whose label tells something, as long as their row is not hidden whole."""
        silent = self.knowledge.whole(self.hidden, self.implied | self.given)
        return np.asarray((self.hidden != TELLS) & ~silent & ~np.isfinite(self.knowledge.printed[1]))

    def protect(self, cell: tuple[int, int]) -> None:
        """Hide the least that makes another value of this cell possible. Raises Unprotected."""
        if any(self._protected_by(cell, *step) for step in LADDER[:2]):
            return
        if self.values[cell] == 0:
            self._tell_zero(cell)
            return
        hidden_more = (
            self._hide_own_breakdown(cell)
            or any(self._protected_by(cell, *step) for step in LADDER[2:])
            or self._hide_next_breakdown(cell)
        )
        if not hidden_more:
            question = self.knowledge.question
            raise Unprotected(f"{question.question_id}, {question.rows[cell[0]]}, {question.answers[cell[1]]}")

    def _protected_by(self, cell: tuple[int, int], whole: bool, headline: bool) -> bool:
        table = self.find(cell, whole, headline)
        if table is not None:
            self.hide(table, whole)
            self.note(table)
        return bool(self.proven[cell])

    def _tell_zero(self, cell: tuple[int, int]) -> None:
        """A zero that follows from all that is told is told too."""
        tells = np.zeros(self.hidden.shape, dtype=bool)
        tells[cell] = True
        self._tell(tells)

    def find(self, cell: tuple[int, int], whole: bool = False, headline: bool = False) -> Array | None:
        """The cheapest table in which this cell has another value."""
        least, most = self.bounds
        value, none = float(self.values[cell]), np.zeros(self.hidden.shape)
        price, reach = self.prices(whole, headline)
        if whole:
            least[cell], most[cell] = (bound[cell] for bound in self.knowledge.printed)
            reach[0][cell] = reach[1][cell] = 0.0
        best, best_cost = None, np.inf
        for low, high in ((value + 1, most[cell]), (least[cell], value - 1)):
            lower, upper = least.copy(), most.copy()
            lower[cell], upper[cell] = low, high
            table = self.knowledge.solve(lower, upper, none, price, reach)
            if table is not None and (cost := self._cost(table, price)) < best_cost:
                best, best_cost = table, cost
        return best

    def _cost(self, table: Array, price: Array) -> float:
        return float((price * ((table != self.values) & self.free)).sum())

    def hide(self, table: Array, whole: bool = False) -> int:
        """Hide what has another value in this table; with `whole`, all of a row where a label would say otherwise."""
        changed = (table != self.values) & self.free
        n_options = self.knowledge.question.n_options
        least, most = self.bounds
        odd = changed | ((self.hidden != TELLS) & ((table < least) | (table > most)))
        for part in (slice(0, n_options), slice(n_options, None)) if whole else ():
            changed[:, part] |= odd[:, part].any(axis=1)[:, None] & self.free[:, part]
        self.hidden[changed] = COMPLEMENTARY
        self.implied &= ~changed
        if whole:
            self.tell_implied_zeros()
        return int(changed.sum())

    def _hide_own_breakdown(self, cell: tuple[int, int]) -> bool:
        """Hide the cell's breakdown whole, if it is not one of all respondents or size classes."""
        name = self.knowledge.question.rows[cell[0]][1]
        return name not in KEPT_LONGEST and self._hide_breakdown(name)

    def _hide_next_breakdown(self, cell: tuple[int, int]) -> bool:
        """Hide the cheapest breakdown that is still told; false when there is none."""
        names = {breakdown for _, breakdown, _ in self.knowledge.question.rows} - {"all"}
        own = self.knowledge.question.rows[cell[0]][1]
        in_order = sorted(names, key=lambda name: (PRICE.get(name, OTHER_PRICE), name != own, name))
        return any(self._hide_breakdown(name) for name in in_order)

    def _hide_breakdown(self, name: str) -> bool:
        question = self.knowledge.question
        rows = np.array([row[1] == name for row in question.rows]) & (question.bases > 0)
        told = self.free & rows[:, None] & ~self.implied
        self.hidden[told] = COMPLEMENTARY
        if told.any():
            self.tell_implied_zeros()
        return bool(told.any())
