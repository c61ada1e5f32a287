"""What the published error of a share says of the respondents of one municipality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import isclose, sqrt

import numpy as np
from scipy.stats import t

from tests.disclosed.release import SIZE, Pinned, Released, Row

SPREAD = ("se", "se_fpc", "deff", "ci_low", "ci_high", "ci_low_fpc", "ci_high_fpc")
CLOSE = 1e-6


@dataclass(frozen=True)
class Stratum:
    """A size class: those of the frame, each response of its municipalities, and how many gave the answer in all."""

    n_frame: int
    bases: tuple[int, ...]
    n: int


def answers_inside_municipalities(release: Released) -> Iterator[Pinned]:
    """The error of a share of responses says how the answers lie in the municipalities that gave several."""
    sql = f"""
        select * from marts.answer_distribution where unit = 'response' and level = 'option' and n is not null
        and breakdown in ('all', 'size_class', 'size_class_group') and coalesce({", ".join(SPREAD)}) is not null
        order by all
    """
    for row in release.rows(sql):
        if row["question_id"] in release.closed:
            strata, several = _strata(release, row), _named(release, row)
            if strata and several:
                at_first = [*_splits(strata)]
                splits = [split for split in at_first if _fits_spread(row, strata, split)]
                for place, code in enumerate(several):
                    values, before = ({each[place] for each in some} for some in (splits, at_first))
                    if len(values) == 1 < len(before):
                        of = (row["round_id"], row["question_id"], code, row["answer_code"])
                        yield Pinned("in_municipality", of, values.pop())


def _classes(release: Released, row: Row) -> list[str]:
    members = release.members(row["round_id"], (row["breakdown"], row["breakdown_id"]))
    return sorted({each["size_class_id"] for each in members})


def _named(release: Released, row: Row) -> list[str]:
    """Municipalities with several responses, in the order of `_splits`."""
    return [
        each["municipality_code"]
        for name in _classes(release, row)
        for each in release.several(row["round_id"], ("size_class", name))
    ]


def _strata(release: Released, row: Row) -> list[Stratum]:
    """The size classes of a row; none where one of them does not tell the answer, or not all answered."""
    sql = """
        select n, base_n from marts.answer_distribution where round_id = ? and question_id = ? and unit = 'response'
        and breakdown = 'size_class' and breakdown_id = ? and level = 'option' and answer_code = ?
    """
    found = []
    for name in _classes(release, row):
        bases = tuple(each[SIZE] for each in release.members(row["round_id"], ("size_class", name)))
        (cell,) = release.rows(sql, row["round_id"], row["question_id"], name, row["answer_code"])
        if cell["n"] is None or cell["base_n"] != sum(bases):
            return []
        frame = "select count(*) as n from marts.frame_municipality where round_id = ? and size_class_id = ?"
        found.append(Stratum(release.rows(frame, row["round_id"], name)[0]["n"], bases, cell["n"]))
    return found


def _splits(strata: Sequence[Stratum]) -> Iterator[tuple[int, ...]]:
    """Ways in which those with several responses may have given the answer so often."""
    several = [[base for base in stratum.bases if base > 1] for stratum in strata]
    for split in product(*(range(base + 1) for bases in several for base in bases)):
        left = iter(split)
        rest = [stratum.n - sum(next(left) for _ in bases) for stratum, bases in zip(strata, several, strict=True)]
        if all(0 <= n <= stratum.bases.count(1) for n, stratum in zip(rest, strata, strict=True)):
            yield split


def _fits_spread(row: Row, strata: Sequence[Stratum], split: Sequence[int]) -> bool:
    spread, left = _spread(strata, split), 1e-9
    return all(row[name] is None or isclose(row[name], spread[name], rel_tol=CLOSE, abs_tol=left) for name in spread)


def _spread(strata: Sequence[Stratum], split: Sequence[int]) -> dict[str, float]:
    """What METHODS.md says is published of the error of a share."""
    left, counts = iter(split), []
    for stratum in strata:
        of_several = [next(left) if base > 1 else 0 for base in stratum.bases]
        singles = iter([1] * (stratum.n - sum(of_several)) + [0] * len(stratum.bases))
        pairs = zip(of_several, stratum.bases, strict=True)
        counts.append(np.array([n if base > 1 else next(singles) for n, base in pairs]))
    bases = [np.array(stratum.bases) for stratum in strata]
    weights = [stratum.n_frame / len(stratum.bases) for stratum in strata]
    whole = sum(w * b.sum() for w, b in zip(weights, bases, strict=True))
    share = sum(w * n.sum() for w, n in zip(weights, counts, strict=True)) / whole
    of_strata = [
        len(b) * np.var(w * (n - share * b) / whole, ddof=1) for w, n, b in zip(weights, counts, bases, strict=True)
    ]
    parts = [1 - len(b) / stratum.n_frame for b, stratum in zip(bases, strata, strict=True)]
    variance, of_frame = sum(of_strata), sum(v * part for v, part in zip(of_strata, parts, strict=True))
    n = sum(int(b.sum()) for b in bases)
    found = {"se": sqrt(variance), "se_fpc": sqrt(of_frame)}
    if 0 < share < 1 and variance > 0:
        found["deff"] = of_frame / (share * (1 - share) / (n - 1) * (1 - n / whole))
        quantile = t.ppf(0.975, sum(len(b) for b in bases) - len(strata))
        effective = min(share * (1 - share) / variance, n)
        found["ci_low"], found["ci_high"] = _wilson(share, effective, quantile)
        if of_frame > 0:
            found["ci_low_fpc"], found["ci_high_fpc"] = _wilson(share, effective * variance / of_frame, quantile)
    return found


def _wilson(share: float, n: float, quantile: float) -> tuple[float, float]:
    middle, reach = share + quantile**2 / (2 * n), quantile * sqrt(share * (1 - share) / n + (quantile / (2 * n)) ** 2)
    return (middle - reach) / (1 + quantile**2 / n), (middle + reach) / (1 + quantile**2 / n)
