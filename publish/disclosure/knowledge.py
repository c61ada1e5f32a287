"""What is known of a question's counts to somebody who has the release, as a system of linear constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from publish.disclosure.counts import Question
from publish.disclosure.layout import Layout
from publish.disclosure.printed import NO_RANKS, Ranks
from publish.disclosure.rules import Rule

TELLS, PRIMARY, COMPLEMENTARY = 0, 1, 2
GAP, SECONDS = 10.0, 20


class Undecided(RuntimeError):
    """The solver gave no answer in time: nothing is taken for safe."""


@dataclass(frozen=True)
class Knowledge:
    """The counts of one question as unknowns: one per part of the layout and answer.

    Of a question with one answer per unit a row adds up to its base, and a group is the sum of its options. Else
    groups and bases are unknowns of their own between their bounds. `printed` are the least and the most that a figure
    in print leaves to each cell, rows x answers.
    """

    question: Question
    layout: Layout
    rule: Rule
    printed: tuple[np.ndarray, np.ndarray]
    base_is_public: np.ndarray
    ranks: Ranks = NO_RANKS
    found: dict[str, int] = field(default_factory=lambda: {"solved": 0})

    @property
    def shape(self) -> tuple[int, int]:
        return self.question.n.shape

    @cached_property
    def n_columns(self) -> int:
        """Unknowns of one part."""
        question = self.question
        return question.n_options if question.is_partition else len(question.answers) + 1

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
            _at_most_zero(self._not_below),
        ]
        blocks = [block for block in blocks if block[0].shape[0]]
        matrix = sparse.csr_matrix(sparse.vstack([block[0] for block in blocks]))
        return matrix, np.concatenate([each[1] for each in blocks]), np.concatenate([each[2] for each in blocks])

    def _share_excess(self, cell: int, other: int) -> sparse.csr_matrix:
        """By how much the share of `cell` is over that of `other`, times both bases; one row."""
        n_answers, bases = self.shape[1], self.question.bases
        first, second = float(bases[cell // n_answers]), float(bases[other // n_answers])
        return sparse.csr_matrix(self.cells[cell] * second - self.cells[other] * first)

    @cached_property
    def _not_below(self) -> sparse.csr_matrix:
        rows = [self._share_excess(other, cell) for cell, other in self.ranks.not_below]
        return sparse.csr_matrix(sparse.vstack(rows)) if rows else sparse.csr_matrix((0, self.cells.shape[1]))

    @cached_property
    def _within(self) -> np.ndarray:
        """In one part of a select_multiple: option <= group <= its options; group, option <= base <= options."""
        question, n_options = self.question, self.question.n_options
        if question.is_partition:
            return np.zeros((0, self.n_columns))
        unit, found = np.eye(self.n_columns), []
        base = unit[-1]
        found += [unit[place] - base for place in range(len(question.answers))]
        for place, members in enumerate(question.groups, start=n_options):
            found += [unit[member] - unit[place] for member in members]
            found.append(unit[place] - unit[list(members)].sum(axis=0))
        return np.array(found)

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

    def solve(
        self,
        least: np.ndarray,
        most: np.ndarray,
        objective: np.ndarray,
        prices: np.ndarray | None = None,
        reach: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> np.ndarray | None:
        """A table within the bounds with a small objective (rows x answers); None where there is none.

        With `prices`, cells may leave their bounds by as much as `reach` (down, up) at a price per step.
        Raises Undecided.
        """
        matrix, low, high = self.always
        if (least > most).any():
            return None
        columns = self._possible(most, reach)
        cells = self.cells[:, columns]
        empty = np.diff(cells.indptr) == 0
        if (empty & (least.ravel() > (0 if reach is None else reach[0].ravel()))).any():
            return None
        kept = np.flatnonzero((np.isfinite(most.ravel()) | (least.ravel() > 0)) & ~empty)
        base_cost = self.cells.T @ objective.ravel()
        parts = [matrix[:, columns]]
        if prices is None:
            a = sparse.vstack([*parts, cells[kept]])
            cost, upper, integrality = base_cost[columns], np.full(len(columns), np.inf), np.ones(len(columns))
        else:
            assert reach is not None
            down, up = reach[0].ravel(), reach[1].ravel()
            eye = sparse.eye(len(down), format="csr")[kept]
            goes_up, goes_down = np.flatnonzero(up > 0), np.flatnonzero(down > 0)
            slack = sparse.hstack([-eye[:, goes_up], eye[:, goes_down]])
            left = sparse.vstack([parts[0], cells[kept]])
            right = sparse.vstack([sparse.csr_matrix((parts[0].shape[0], slack.shape[1])), slack])
            a = sparse.hstack([left, right])
            cost = np.concatenate([base_cost[columns], prices.ravel()[goes_up], prices.ravel()[goes_down]])
            upper = np.concatenate([np.full(len(columns), np.inf), up[goes_up], down[goes_down]])
            integrality = np.concatenate([np.ones(len(columns)), np.zeros(slack.shape[1])])
        result: OptimizeResult = milp(
            cost,
            integrality=integrality,
            bounds=Bounds(0, upper),
            constraints=LinearConstraint(
                sparse.csc_matrix(a),
                np.concatenate([low, least.ravel()[kept]]),
                np.concatenate([high, most.ravel()[kept]]),
            ),
            options={"mip_rel_gap": GAP, "time_limit": SECONDS},
        )
        self.found["solved"] += 1
        if result.x is None:
            if result.status == 2:
                return None
            raise Undecided(f"{self.question.question_id}: {result.message}")
        values = np.zeros(self.cells.shape[1])
        values[columns] = np.round(result.x[: len(columns)])
        return np.asarray(self.cells @ values).reshape(self.shape)

    def can_be_more(self, zero: np.ndarray) -> np.ndarray:
        """Cells that need not be zero when these are; rows x answers."""
        free = np.asarray(self.cells[zero.ravel()].sum(axis=0)).ravel() == 0
        return np.asarray(self.cells @ free.astype(float) > 0).reshape(self.shape)

    def _possible(self, most: np.ndarray, reach: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
        """Unknowns that are in no cell that must be zero."""
        zero = most.ravel() == 0 if reach is None else (most.ravel() == 0) & (reach[1].ravel() == 0)
        return np.flatnonzero(np.asarray(self.cells[zero].sum(axis=0)).ravel() == 0)


def _zero(matrix: sparse.spmatrix | np.ndarray) -> tuple[sparse.spmatrix | np.ndarray, np.ndarray, np.ndarray]:
    return matrix, np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])


def _at_most_zero(matrix: sparse.spmatrix) -> tuple[sparse.spmatrix, np.ndarray, np.ndarray]:
    return matrix, np.full(matrix.shape[0], -np.inf), np.zeros(matrix.shape[0])
