"""The share by the weights of a round's provider, from the formulas of METHODS.md in numpy: no SQL, and nothing of the
project's.

p = sum w y / sum w over responses with a weight. Of a municipality Z = sum w (y - p) over its responses, by sum w; the
variance is the sum over strata of m / (m - 1) times the squares of Z about its mean, m the municipalities of the
stratum that answered the question, those without a weighted response in the row with Z = 0. The weights are what they
are: no class weighs, and nothing is known of those that did not answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from scipy.stats import t

LEAST = 2
NONE = 1e-18  # of a variance: the last digits of what cancels
Figures = dict[str, float]


@dataclass(frozen=True)
class Response:
    """To one question; the weight is 0 where the provider gave none."""

    municipality: str
    code: str
    weight: float


@dataclass(frozen=True)
class Row:
    """Municipalities of a row, and the size class of each of the frame that its strata are made in: the whole one, or
    the area's own."""

    members: Collection[str]
    frame: Mapping[str, int]
    is_area: bool = False


def strata_of(frame: Mapping[str, int], answered: Collection[str]) -> dict[str, int]:
    """The stratum of each municipality that answered: its size class, or that which it is joined to."""
    n = Counter(frame[each] for each in answered)
    enough = sorted(each for each in n if n[each] >= LEAST) or [min(frame.values())]
    return {each: max((to for to in enough if to <= frame[each]), default=enough[0]) for each in answered}


def figures(row: Row, responses: Sequence[Response], code: str) -> Figures | None:
    """Of one answer in a row; None where no response of it has a weight."""
    strata = strata_of(row.frame, {each.municipality for each in responses} & {*row.frame})
    codes = sorted(strata)
    here = [each for each in responses if each.municipality in row.members and each.weight > 0]
    base, gave = np.zeros(len(codes)), np.zeros(len(codes))
    for each in here:
        base[codes.index(each.municipality)] += each.weight
        gave[codes.index(each.municipality)] += each.weight * (each.code == code)
    if not here:
        return None
    share, stratum, is_in = gave.sum() / base.sum(), np.array([strata[each] for each in codes]), base > 0
    z = (gave - share * base) / base.sum()
    parts = [z[stratum == each] for each in np.unique(stratum[is_in])]
    variance = sum(len(of) * of.var(ddof=1) if len(of) > 1 else nan for of in parts)
    is_mixed, n_clusters = len({each.code == code for each in here}) == 2, int(is_in.sum())
    found = {"provider_share": share, "provider_se": nan, "provider_ci_low": nan, "provider_ci_high": nan}
    if n_clusters > 1 and is_mixed:
        found["provider_se"] = sqrt(variance) if variance > NONE else 0.0
    if n_clusters > 1 or not row.is_area:
        kish = base.sum() ** 2 / (base**2).sum()
        has_error = n_clusters > 1 and is_mixed and variance > NONE
        effective = min(share * (1 - share) / variance if has_error else kish, n_clusters)
        bounds = _wilson(share, effective, t.ppf(0.975, max(n_clusters - len(parts), 1)))
        found["provider_ci_low"], found["provider_ci_high"] = bounds
    return found


def _wilson(share: float, n: float, quantile: float) -> tuple[float, float]:
    middle, reach = share + quantile**2 / (2 * n), quantile * sqrt(share * (1 - share) / n + (quantile / (2 * n)) ** 2)
    return (middle - reach) / (1 + quantile**2 / n), (middle + reach) / (1 + quantile**2 / n)
