"""What is known of a question's counts to somebody who has the release, as a system of linear constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from publish.disclosure.counts import Question
from publish.disclosure.layout import Layout
from publish.disclosure.printed import NO_RELATIONS, Relations
from publish.disclosure.rules import Rule

TELLS, PRIMARY, COMPLEMENTARY = 0, 1, 2
GAP, SECONDS = 0.5, 20  # of the best: any table will do; seconds: no answer in time is Undecided


INFEASIBLE = 2  # scipy's status of a milp


class Undecided(RuntimeError):
    """The solver gave no answer in time: nothing is taken for safe."""


@dataclass(frozen=True)
class System:
    """Constraints: low <= matrix @ (unknowns of `columns`, then steps) <= high; a step costs its price."""

    columns: np.ndarray
    matrix: sparse.csr_matrix
    low: np.ndarray
    high: np.ndarray
    prices: np.ndarray
    most_steps: np.ndarray


@dataclass(frozen=True)
class Knowledge:
    """The counts of one question as unknowns: one per part of the layout and answer.

    Of a question with one answer per unit a row adds up to its base, and a group is the sum of its options. Else
    groups, options that print counts together, and bases are unknowns of their own between their bounds. `printed` are
    the least and the most that a figure in print leaves to each cell, rows x answers.
    """

    question: Question
    layout: Layout
    rule: Rule
    printed: tuple[np.ndarray, np.ndarray]
    base_is_public: np.ndarray
    relations: Relations = NO_RELATIONS
    found: dict[str, int] = field(default_factory=lambda: {"solved": 0})

    @property
    def shape(self) -> tuple[int, int]:
        return self.question.n.shape

    @cached_property
    def n_columns(self) -> int:
        """Unknowns of one part."""
        question = self.question
        if question.is_partition:
            return question.n_options
        return len(question.answers) + len(self.relations.joined) + 1

    @cached_property
    def cells(self) -> sparse.csr_matrix:
        """Cells (rows x answers, flat) x unknowns."""
        return sparse.csr_matrix(sparse.kron(self.layout.rows, self._answers))

    @cached_property
    def _answers(self) -> np.ndarray:
        question, n_options = self.question, self.question.n_options
        found = np.eye(len(question.answers), self.n_columns)
        if question.is_partition:
            for place, members in enumerate(question.groups):
                found[n_options + place, list(members)] = 1
        return found

    @cached_property
    def _joined(self) -> np.ndarray:
        """Options that print counts together x unknowns of one part."""
        if not self.question.is_partition:
            return np.eye(len(self.relations.joined), self.n_columns, len(self.question.answers))
        found = np.zeros((len(self.relations.joined), self.n_columns))
        for place, members in enumerate(self.relations.joined):
            found[place, list(members)] = 1
        return found

    @cached_property
    def _base(self) -> np.ndarray:
        if self.question.is_partition:
            return np.ones((1, self.n_columns))
        return np.eye(1, self.n_columns, self.n_columns - 1)

    @cached_property
    def bases(self) -> sparse.csr_matrix:
        """Rows x unknowns."""
        return sparse.csr_matrix(sparse.kron(self.layout.rows, self._base))

    @cached_property
    def always(self) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
        """Constraints that hold whatever is hidden: matrix, least, most."""
        layout, public = self.layout, self.base_is_public
        bases = self.question.bases[public].astype(float)
        within = self._within
        blocks = [
            (self.bases[public], bases, bases),
            _zero(sparse.kron(layout.links, np.eye(self.n_columns))),
            (sparse.kron(layout.limits, self._base), np.zeros(len(layout.capacity)), layout.capacity),
            _at_most_zero(sparse.kron(sparse.eye(layout.n_parts), within)),
            self._lines,
        ]
        blocks = [block for block in blocks if block[0].shape[0]]
        matrix = sparse.csr_matrix(sparse.vstack([block[0] for block in blocks]))
        return matrix, np.concatenate([each[1] for each in blocks]), np.concatenate([each[2] for each in blocks])

    @cached_property
    def _lines(self) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
        """What print says of several cells: matrix, least, most."""
        lines = self.relations.lines
        cells = sparse.csr_matrix(sparse.kron(self.layout.rows, np.vstack([self._answers, self._joined])))
        places = [(index, cell, times) for index, line in enumerate(lines) for cell, times in line.cells]
        index, cell, times = zip(*places, strict=True) if places else ((), (), ())
        chosen = sparse.csr_matrix((times, (index, cell)), shape=(len(lines), cells.shape[0]))
        return chosen @ cells, np.array([line.low for line in lines]), np.array([line.high for line in lines])

    @cached_property
    def _within(self) -> np.ndarray:
        """In one part of a select_multiple: whoever gave one of some options gave one of more, and is in the base;
        no more gave one of several than gave each, groups counted once."""
        question = self.question
        if question.is_partition:
            return np.zeros((0, self.n_columns))
        options = [{place} for place in range(question.n_options)]
        sets = [*options, *map(set, question.groups), *map(set, self.relations.joined)]
        unit, found = np.eye(self.n_columns), []
        for place, members in enumerate(sets):
            found.append(unit[place] - unit[-1])
            found += [unit[place] - unit[more] for more, of in enumerate(sets) if members <= of and more != place]
            if place >= question.n_options:
                found.append(unit[place] - unit[self._cover(place, members)].sum(axis=0))
        return np.array(found)

    def _cover(self, place: int, members: set[int]) -> list[int]:
        """The groups that lie in a set of options, and those of its options that are in none of them."""
        groups = {
            group: set(of)
            for group, of in enumerate(self.question.groups, start=self.question.n_options)
            if members >= set(of) and group != place
        }
        return [*groups, *sorted(members.difference(*groups.values()))]

    def label_bounds(self, hidden: np.ndarray, implied: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that a label says of each cell; narrower than it says, never wider.

        What is told is exact. In a row whose cells are hidden together the label says nothing.
        """
        values = self.question.n.astype(float)
        least, most = values.copy(), values.copy()
        safe = np.array([self.rule.least_safe(unit) for unit, _, _ in self.question.rows], dtype=float)[:, None]
        primary, other = hidden == PRIMARY, (hidden == COMPLEMENTARY) & (values > 0)
        least = np.where(primary, 1.0, np.where(other, np.minimum(safe, values), least))
        most = np.where(primary, np.maximum(self.rule.largest_under, values), np.where(other, np.inf, most))
        whole = self.whole(hidden, implied) & (hidden != TELLS)
        return (
            np.maximum(np.where(whole, 0.0, least), self.printed[0]),
            np.minimum(np.where(whole, np.inf, most), self.printed[1]),
        )

    def whole(self, hidden: np.ndarray, implied: np.ndarray) -> np.ndarray:
        """Cells in a row of which every option, or every group, is hidden or an implied zero; rows x answers."""
        found, n_options = np.zeros(self.shape, dtype=bool), self.question.n_options
        for part in (slice(0, n_options), slice(n_options, None)):
            if hidden[:, part].shape[1]:
                found[:, part] = ((hidden | implied)[:, part] != TELLS).all(axis=1)[:, None]
        return found

    @cached_property
    def start(self) -> np.ndarray:
        """One table of unknowns that gives every cell its value: others are looked for in steps from it."""
        values = self.question.n.astype(float)
        found = self._solved(self._system(values, values, None), np.zeros(self.cells.shape[1]), np.inf)
        if found is None:
            raise Undecided(f"{self.question.question_id}: its counts contradict each other or print")
        return found

    def solve(
        self,
        least: np.ndarray,
        most: np.ndarray,
        objective: np.ndarray,
        prices: np.ndarray | None = None,
        reach: tuple[np.ndarray, np.ndarray] | None = None,
        near: float = np.inf,
    ) -> np.ndarray | None:
        """A table within the bounds with a small objective (rows x answers); None where there is none.

        With `prices`, cells may leave their bounds by as much as `reach` (down, up) at a price per step. No unknown is
        further than `near` from the start; then the first table that is found will do. Raises Undecided.
        """
        if (least > most).any():
            return None
        system = self._system(least, most, None if prices is None or reach is None else (prices, *reach))
        if system is None:
            return None
        found = self._solved(system, self.start, near, self.cells.T @ objective.ravel())
        return None if found is None else np.asarray(self.cells @ found).reshape(self.shape)

    def _system(self, least: np.ndarray, most: np.ndarray, priced: tuple[np.ndarray, ...] | None) -> System | None:
        """The constraints on the unknowns that can be more than zero, and on the priced steps."""
        matrix, low, high = self.always
        prices, down, up = (each.ravel() for each in priced or (np.zeros(self.shape),) * 3)
        zero = (most.ravel() == 0) & (up == 0)
        columns = np.flatnonzero(np.asarray(self.cells[zero].sum(axis=0)).ravel() == 0)
        cells = self.cells[:, columns]
        empty = np.diff(cells.indptr) == 0
        if (empty & (least.ravel() > down)).any():
            return None
        kept = np.flatnonzero((np.isfinite(most.ravel()) | (least.ravel() > 0)) & ~empty)
        steps = sparse.eye(len(up), format="csr")[kept]
        goes_up, goes_down = np.flatnonzero(up > 0), np.flatnonzero(down > 0)
        slack = sparse.hstack([-steps[:, goes_up], steps[:, goes_down]])
        nothing = sparse.csr_matrix((matrix.shape[0], slack.shape[1]))
        return System(
            columns,
            sparse.csr_matrix(sparse.bmat([[matrix[:, columns], nothing], [cells[kept], slack]])),
            np.concatenate([low, least.ravel()[kept]]),
            np.concatenate([high, most.ravel()[kept]]),
            np.concatenate([prices[goes_up], prices[goes_down]]),
            np.concatenate([up[goes_up], down[goes_down]]),
        )

    def _solved(
        self, system: System | None, start: np.ndarray, near: float, cost: np.ndarray | None = None
    ) -> np.ndarray | None:
        """All unknowns of a solution; None where there is none."""
        assert system is not None
        self.found["solved"] += 1
        columns, n_steps = system.columns, len(system.prices)
        begin = np.concatenate([start[columns], np.zeros(n_steps)])
        shift = system.matrix @ begin
        costs = np.zeros(len(columns)) if cost is None else cost[columns]
        result: OptimizeResult = milp(
            np.concatenate([costs, system.prices]),
            integrality=np.repeat([1, 0], [len(columns), n_steps]),
            bounds=Bounds(np.maximum(-begin, -near), np.concatenate([np.full(len(columns), near), system.most_steps])),
            constraints=LinearConstraint(sparse.csc_matrix(system.matrix), system.low - shift, system.high - shift),
            options={"mip_rel_gap": GAP, "time_limit": SECONDS} | ({"node_limit": 1} if np.isfinite(near) else {}),
        )
        if result.x is None:
            if result.status == INFEASIBLE:
                return None
            raise Undecided(f"{self.question.question_id}: {result.message}")
        found = np.zeros(len(start))
        found[columns] = np.round(result.x[: len(columns)]) + start[columns]
        return found

    def can_be_more(self, zero: np.ndarray) -> np.ndarray:
        """Cells that need not be zero when these are; rows x answers."""
        free = np.asarray(self.cells[zero.ravel()].sum(axis=0)).ravel() == 0
        return np.asarray(self.cells @ free.astype(float) > 0).reshape(self.shape)


def _zero(matrix: sparse.spmatrix | np.ndarray) -> tuple[sparse.spmatrix | np.ndarray, np.ndarray, np.ndarray]:
    return matrix, np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])


def _at_most_zero(matrix: sparse.spmatrix) -> tuple[sparse.spmatrix, np.ndarray, np.ndarray]:
    return matrix, np.full(matrix.shape[0], -np.inf), np.zeros(matrix.shape[0])
