"""Who is in a row, by sums over municipalities: populations, numbers and counts of what anybody knows of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.disclosed.facts import Facts, Group, Members, groups
from tests.disclosed.release import Pinned, Released, Row

IN_ROW = "round_id = ? and unit = ? and breakdown = ? and breakdown_id = ?"
INHABITANTS = f"""
select distinct question_id, base_inhabitants, base_municipalities
from (select *, 'municipality' as unit from marts.inhabitant_share)
where {IN_ROW} and base_inhabitants is not null order by all
"""
NUMBERS = f"""
select question_id, n, coalesce(total, mean * n) as total from marts.number_summary where {IN_ROW} order by all
"""
CHANGES = f"""
select question_id, answer_code, n, base_n from marts.round_change where {IN_ROW} and level = 'option'
union
select question_id, answer_code, earlier_n, earlier_base_n from marts.round_change
where earlier_{IN_ROW} and level = 'option'
order by all
"""
COUNTS = f"""
select question_id, answer_code, n, base_n from marts.answer_distribution
where {IN_ROW} and level = 'option'
union all
select question_id, system_id, n, base_n from marts.system_use where {IN_ROW}
order by all
"""
SECONDS = 30
INFEASIBLE = 2


class Undecided(Exception):
    """Time ran out before it was known who is in a row: who has more of it finds out."""


class Sums:
    """How many of each municipality are in a row: whole numbers, and the least and the most that sums of them are."""

    def __init__(self, members: Members, group: Group) -> None:
        self.members = members
        self.most = members.sizes if group.unit == "response" else np.ones(len(members.sizes))
        self.is_single = self.most == 1
        self.lines: list[tuple[np.ndarray, float, float]] = []

    def add(self, weights: np.ndarray, total: float | None) -> None:
        """A sum that is told; those with several responses may answer otherwise in each, so that they weigh up to 1."""
        if total is None:
            return
        if self.is_single.all():
            self.lines.append((weights * 1.0, total, total))
        else:
            self.lines.append((weights * self.is_single, -np.inf, total))
            self.lines.append((np.where(self.is_single, weights, 1.0), total, np.inf))

    def named(self, elsewhere: np.ndarray) -> np.ndarray:
        """Municipalities of one response that are in the row whatever solves the sums; `elsewhere` are in another.
        Raises Undecided."""
        most = np.where(elsewhere, 0, self.most)
        found = self._solved(most, None)
        assert found is not None, "what is published contradicts itself"
        sure = (found == 1) & self.is_single
        while sure.any() and (other := self._solved(most, sure)) is not None:
            sure &= other == 1
        return sure

    def _solved(self, most: np.ndarray, not_all: np.ndarray | None) -> np.ndarray | None:
        """A solution in which not all of `not_all` are in the row, if there is one."""
        lines = [*self.lines] if not_all is None else [*self.lines, (not_all * 1.0, -np.inf, not_all.sum() - 1)]
        matrix, low, high = (np.array(each) for each in zip(*lines, strict=True))
        done = milp(
            np.zeros(len(most)),
            integrality=np.ones(len(most)),
            bounds=Bounds(0, most),
            constraints=LinearConstraint(matrix, low - 0.4, high + 0.4),
            options={"time_limit": SECONDS},
        )
        if done.x is None:
            if done.status != INFEASIBLE:
                raise Undecided(done.message)
            return None
        found = np.round(done.x)
        assert ((matrix @ found >= low - 0.4) & (matrix @ found <= high + 0.4)).all(), "the solver was not exact"
        return found

    @property
    def size(self) -> float:
        """How much is told in all: of few it is soon known who they are."""
        return sum(high for _, _, high in self.lines if np.isfinite(high))


Teller = Callable[[Released, Group, Sums], None]


def inhabitants(release: Released, group: Group, sums: Sums) -> None:
    """Populations of those that answered a public fact."""
    for row in release.rows(INHABITANTS, *group.of):
        if sums.members.are_known(row["question_id"]):
            answered = sums.members.having(row["question_id"])
            sums.add(answered * sums.members.populations, row["base_inhabitants"])
            sums.add(answered, row["base_municipalities"])


def numbers(release: Released, group: Group, sums: Sums) -> None:
    """Numbers that are public facts, where nobody gave two."""
    for row in release.rows(NUMBERS, *group.of):
        if sums.members.are_known(row["question_id"]):
            sums.add(sums.members.having(row["question_id"]), row["n"])
            if sums.is_single.all() and row["total"] is not None:
                sums.add(sums.members.numbers(row["question_id"]), round(row["total"]))


def counts(release: Released, group: Group, sums: Sums) -> None:
    """How many have a public fact."""
    _add_counts(sums, release.rows(COUNTS, *group.of, *group.of))


def changes(release: Released, group: Group, sums: Sums) -> None:
    """How many had it, as the change to or from another round tells."""
    _add_counts(sums, release.rows(CHANGES, *group.of, *group.of))


def _add_counts(sums: Sums, rows: Sequence[Row]) -> None:
    for row in rows:
        if sums.members.are_known(row["question_id"]):
            sums.add(sums.members.having(row["question_id"], row["answer_code"]), row["n"])
            sums.add(sums.members.having(row["question_id"]), row["base_n"])


def who_is_in_a_row(release: Released, facts: Facts, tellers: Sequence[Teller]) -> Iterator[Pinned]:
    """Municipalities of one response whose role, or whose opinion, follows from what these tell. Raises Undecided."""
    for together in groups(release):
        members = Members.of(release, facts, together[0].round_id)
        elsewhere = np.zeros(len(members.rows), dtype=bool)
        told = [(_told(release, group, members, tellers), group) for group in together]
        for sums, group in sorted(told, key=lambda each: each[0].size):
            sure = sums.named(elsewhere) if sums.lines else elsewhere & False
            elsewhere |= sure
            for each, is_sure in zip(members.rows, sure, strict=True):
                if is_sure:
                    yield Pinned("in_row", (*group.of, each["municipality_code"]), 1)


def _told(release: Released, group: Group, members: Members, tellers: Sequence[Teller]) -> Sums:
    sums = Sums(members, group)
    for tell in tellers:
        tell(release, group, sums)
    return sums
