"""How the respondents of a row lie over the size classes, by figures that weigh the classes as in the frame.

Weights, n and base are told, and a weighted share of a public fact is a ratio of two sums of weights: few whole numbers
give it. METHODS.md says how its error and intervals are made of the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product

import numpy as np
from scipy.stats import t

from tests.disclosed.facts import Facts, Group, Members, groups
from tests.disclosed.release import Pinned, Released, Row
from tests.disclosed.spread import SPREAD

# A change has the weighted share of its round too.
CELLS = f"""
select question_id, answer_code, coalesce(told.n, changes.n) as n, coalesce(told.base_n, changes.base_n) as base_n,
    coalesce(told.weighted_share, changes.weighted_share) as weighted_share,
    {", ".join(f"told.{name}" for name in SPREAD)}
from marts.answer_distribution as told left join marts.round_change as changes
    using (round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
where round_id = ? and unit = ? and breakdown = ? and breakdown_id = ? and level = 'option'
    and coalesce(told.n, changes.n) > 0 and coalesce(told.n, changes.n) < coalesce(told.base_n, changes.base_n)
union all
select question_id, system_id, n, base_n, weighted_share, {", ".join(SPREAD)} from marts.system_use
where round_id = ? and unit = ? and breakdown = ? and breakdown_id = ? and n > 0 and n < base_n
order by all
"""
FRAME = """
select size_class_id, count(*) as n from marts.frame_municipality
inner join marts.dim_size_class using (survey_id, size_class_id)
where round_id = ? group by size_class_id, sort_order order by sort_order
"""
LEAST = 2  # municipalities of a stratum
MANY = 300_000  # ways that are gone through one by one
CLOSE = 1e-10


@dataclass(frozen=True)
class Strata:
    """The size classes of those that answered a question: municipalities of the frame and of the answers, and the most
    that a row can have in each."""

    names: tuple[str, ...]
    n_frame: np.ndarray
    n_answered: np.ndarray
    most: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        return self.n_frame / self.n_answered


def by_weighted_shares(release: Released, facts: Facts) -> Iterator[Pinned]:
    """From the answers that the fewest gave: each way to give them makes one weighted base, and others must meet it."""
    for group, members, question_id, cells in _rows(release, facts):
        told = [cell for cell in cells if cell["weighted_share"] is not None]
        strata = _strata(release, members, group, question_id)
        if told and strata:
            most = [_most_of_answer(members, strata, group, cell) for cell in told]
            vectors = [_of_base(strata, most, told, base) for base in _weighted_bases(strata, most, told)]
            yield from _pinned(group, question_id, strata, np.concatenate([strata.most[None][:0], *vectors]))


def by_errors(release: Released, facts: Facts, column: str) -> Iterator[Pinned]:
    """From the error of a share of few: each way to lie over the classes has its own."""
    for group, members, question_id, cells in _rows(release, facts):
        strata = _strata(release, members, group, question_id)
        if strata and (group.unit == "municipality" or (members.sizes == 1).all()):
            bases = None
            for cell in cells:
                if cell[column] is not None and _n_ways(strata, cell) <= MANY:
                    bases = _common(bases, _fitting(strata, cell, column))
            if bases is not None:
                yield from _pinned(group, question_id, strata, bases)


def _rows(release: Released, facts: Facts) -> Iterator[tuple[Group, Members, str, list[Row]]]:
    """Each row by what respondents say, with what is told there of each public fact."""
    for together in groups(release):
        members = Members.of(release, facts, together[0].round_id)
        for group in together:
            rows = release.rows(CELLS, *group.of, *group.of)
            for question_id, cells in groupby(rows, key=lambda row: str(row["question_id"])):
                if members.are_known(question_id):
                    yield group, members, question_id, sorted(cells, key=lambda row: int(row["n"]))


def _strata(release: Released, members: Members, group: Group, question_id: str) -> Strata | None:
    """Classes of which fewer than two answered are joined to the nearest smaller, or else to the next larger."""
    frame = release.rows(FRAME, group.round_id)
    is_answer, sizes = members.having(question_id), members.sizes if group.unit == "response" else members.sizes > 0
    answered = [int((is_answer & (members.classes == row["size_class_id"])).sum()) for row in frame]
    kept = [place for place, n in enumerate(answered) if n >= LEAST]
    if not kept:
        return None
    joins = [max((to for to in kept if to <= place), default=kept[0]) for place in range(len(frame))]
    parts = [[row for row, to in zip(frame, joins, strict=True) if to == each] for each in kept]
    names = tuple(",".join(row["size_class_id"] for row in part) for part in parts)
    here = [is_answer & _are_in(members, name) for name in names]
    n_frame, n_answered = (np.array(each) for each in ([sum(row["n"] for row in part) for part in parts],
                                                       [each.sum() for each in here]))  # fmt: skip
    return Strata(names, n_frame, n_answered, np.array([sizes[each].sum() for each in here]))


def _are_in(members: Members, name: str) -> np.ndarray:
    """Which municipalities are in classes that were joined."""
    return np.isin(members.classes, name.split(","))


def _pinned(group: Group, question_id: str, strata: Strata, vectors: np.ndarray) -> Iterator[Pinned]:
    """Classes of which all vectors say the same, and that somebody is in them."""
    if len(vectors):
        for name, least, most in zip(strata.names, vectors.min(axis=0), vectors.max(axis=0), strict=True):
            if 0 < least == most:
                yield Pinned("in_class", (question_id, *group.of, name), int(least))


# Weighted shares.


def _weighted_bases(strata: Strata, most: Sequence[np.ndarray], cells: Sequence[Row]) -> np.ndarray:
    """What the weighted base of a row can be."""
    found: np.ndarray | None = None
    for of_answer, cell in zip(most, cells, strict=True):
        if found is None or np.prod(np.minimum(of_answer, cell["n"]) + 1.0) <= MANY:
            possible = np.unique(_ways(of_answer, cell["n"]) @ strata.weights / cell["weighted_share"])
            found = possible if found is None else found[_is_near(found, possible)]
    assert found is not None
    return found[np.diff(found, prepend=-1) > CLOSE * found]


def _of_base(strata: Strata, most: Sequence[np.ndarray], cells: Sequence[Row], base: float) -> np.ndarray:
    """The ways to lie over the classes with a weighted base: the sums of those of the answers, where each gave one."""
    found = np.zeros((1, len(strata.most)), dtype=int)
    for of_answer, cell in zip(most, cells, strict=True):
        gave = with_sum(of_answer, cell["n"], strata.weights, cell["weighted_share"] * base)
        found = np.unique((found[:, None] + gave[None]).reshape(-1, found.shape[1]), axis=0)
    whole = with_sum(strata.most, cells[0]["base_n"], strata.weights, base) if len(found) else found
    return _common(found, whole) if sum(cell["n"] for cell in cells) == cells[0]["base_n"] else whole


def _most_of_answer(members: Members, strata: Strata, group: Group, cell: Row) -> np.ndarray:
    """How many could have given an answer in each class; of several responses each may have given it."""
    gave = members.having(cell["question_id"], cell["answer_code"])
    sizes = np.ones(len(gave), dtype=int)
    if group.unit == "response":
        sizes, gave = members.sizes, gave | ((members.sizes > 1) & members.having(cell["question_id"]))
    return np.array([sizes[gave & _are_in(members, name)].sum() for name in strata.names])


def _ways(most: np.ndarray, n: int) -> np.ndarray:
    """All ways to put n into classes, no more than `most` into each."""
    found = np.zeros((1, 0), dtype=int)
    for place, of_class in enumerate(most):
        left, room = n - found.sum(axis=1), int(most[place + 1 :].sum())
        found = np.concatenate(
            [
                np.column_stack([found[fits], np.full(fits.sum(), here)])
                for here in range(int(of_class) + 1)
                if (fits := (left - here >= 0) & (left - here <= room)).any()
            ]
            or [np.zeros((0, place + 1), dtype=int)]
        )
    return found


def _is_near(numbers: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Which of the numbers is among the others, but for last digits."""
    places = np.searchsorted(ordered, numbers)
    near = np.stack([ordered[np.clip(places + by, 0, len(ordered) - 1)] for by in (-1, 0)])
    return np.asarray((np.abs(near - numbers) <= CLOSE * numbers).any(axis=0))


def with_sum(most: np.ndarray, n: int, weights: np.ndarray, total: float) -> np.ndarray:
    """All ways to put n into classes whose weights add up to a total: half of the classes, and what others must be."""
    half = len(most) // 2
    first, second = (np.array([*product(*(range(min(int(each), n) + 1) for each in part))]) for part in
                     (most[:half], most[half:]))  # fmt: skip
    far = 2 * n * weights.max() + 1  # so that a number tells both the count and the sum
    has = second.sum(axis=1) * far + second @ weights[half:]
    lacks = (n - first.sum(axis=1)) * far + total - first @ weights[:half]
    order, reach = np.argsort(has), CLOSE * n * far
    begin, end = (np.searchsorted(has[order], lacks + by, side) for by, side in ((-reach, "left"), (reach, "right")))
    pairs = [(one, order[other]) for one in np.flatnonzero(end > begin) for other in range(begin[one], end[one])]
    return np.array([[*first[one], *second[other]] for one, other in pairs], dtype=int).reshape(-1, len(most))


# Errors.


def _n_ways(strata: Strata, cell: Row) -> float:
    parts = (cell["n"], cell["base_n"] - cell["n"])
    return float(np.prod([np.minimum(strata.most, part) + 1.0 for part in parts]))


def _common(some: np.ndarray | None, others: np.ndarray) -> np.ndarray:
    """Vectors that are in both."""
    if some is None:
        return others
    both = {*map(tuple, some)} & {*map(tuple, others)}
    return np.array(sorted(both), dtype=int).reshape(-1, others.shape[1])


def _fitting(strata: Strata, cell: Row, column: str) -> np.ndarray:
    """The ways to lie over the classes that have the error of a cell."""
    gave, not_gave = (_ways(strata.most, n) for n in (cell["n"], cell["base_n"] - cell["n"]))
    n = np.repeat(gave, len(not_gave), axis=0)
    base = n + np.tile(not_gave, (len(gave), 1))
    possible = (base <= strata.most).all(axis=1)
    n, base = n[possible], base[possible]
    value = _errors(strata, n, base)[column]
    return np.unique(base[np.isclose(value, cell[column], rtol=1e-9, atol=1e-12)], axis=0)


@np.errstate(divide="ignore", invalid="ignore")  # where all of a class say the same there is no error
def _errors(strata: Strata, n: np.ndarray, base: np.ndarray) -> dict[str, np.ndarray]:
    """The errors of the share that n of base give, each in classes (ways x classes); each municipality counts once."""
    weights, clusters = strata.weights, strata.n_answered
    whole = base @ weights
    share = n @ weights / whole
    others = base - n
    about = share[:, None]
    squares = n * (1 - about) ** 2 + others * about**2 - (n - about * base) ** 2 / clusters
    of_class = weights**2 * clusters / (clusters - 1) * squares / whole[:, None] ** 2
    variance, of_frame = of_class.sum(axis=1), of_class @ (1 - clusters / strata.n_frame)
    n_units = base.sum(axis=1)
    quantile = t.ppf(0.975, np.maximum(n_units - (base > 0).sum(axis=1), 1))
    effective = np.minimum(share * (1 - share) / variance, n_units)
    low, high = _wilson(share, effective, quantile)
    low_fpc, high_fpc = _wilson(share, effective * variance / of_frame, quantile)
    simple = share * (1 - share) / (n_units - 1) * (1 - n_units / whole)
    values = (np.sqrt(variance), np.sqrt(of_frame), of_frame / simple, low, high, low_fpc, high_fpc)
    return dict(zip(SPREAD, values, strict=True))


def _wilson(share: np.ndarray, n: np.ndarray, quantile: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    square = quantile**2 / n
    middle, reach = share + square / 2, np.sqrt(square * share * (1 - share) + square**2 / 4)
    return (middle - reach) / (1 + square), (middle + reach) / (1 + square)
