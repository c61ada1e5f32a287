"""The weighted change from its formulas, in numpy: what the models are held against. It shares no line with them.

Weights: W = N / n of the classes of the round's own frame, those with fewer than two answers joined to the nearest
smaller that has two, or else to the next larger. p = sum W n / X, X = sum W b. Of a municipality
z = W (n - p b) / X - W' (n' - p' b') / X'; the variance is the sum over strata, the classes of the later frame, of
m / (m - 1) times the squares of z about its mean, m municipalities of the stratum, those outside the row with z = 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from scipy.stats import t

LEAST = 2
NONE = 1e-12  # where all cancels but the last digits
Change = dict[str, float]


@dataclass(frozen=True)
class Round:
    """Of each municipality of the frame its class, by size, 0 where it is unknown; of each that answered how many gave
    the answer, and how many answered."""

    frame: Mapping[str, int]
    counts: Mapping[str, tuple[int, int]]

    @property
    def weights(self) -> dict[str, float]:
        """What a municipality of the frame weighs, if it answered."""
        answered = Counter(self.frame[code] for code in self.counts)
        joined = join(set(self.frame.values()), answered)
        n_frame = Counter(joined[of] for of in self.frame.values())
        n_answered = Counter(joined[self.frame[code]] for code in self.counts)
        return {code: n_frame[joined[of]] / n_answered[joined[of]] for code, of in self.frame.items()}


def join(classes: set[int], n: Mapping[int, int]) -> dict[int, int]:
    """The class that each is joined to."""
    enough = [each for each in sorted(classes) if n.get(each, 0) >= LEAST] or [min(classes)]
    return {each: max((to for to in enough if to <= each), default=enough[0]) for each in classes}


def weighted_change(earlier: Round, later: Round, row: Collection[int]) -> Change | None:
    """Of the row of some classes; None where one of the rounds has nobody there."""
    codes = sorted({*earlier.counts, *later.counts})
    place = [later.frame.get(code, 0) or earlier.frame.get(code, 0) for code in codes]
    joined = join({*place}, Counter(place))
    strata = np.array([joined[each] for each in place])
    (share, z, answered), (earlier_share, earlier_z, answered_before) = (
        scores(each, codes, row) for each in (later, earlier)
    )
    if not answered.any() or not answered_before.any():
        return None
    z, in_row = z - earlier_z, answered | answered_before
    parts = [z[strata == each] for each in np.unique(strata)]
    is_known = min(len(of) for of in parts) > 1 and in_row.sum() > 1
    se = sqrt(sum(len(of) / (len(of) - 1) * ((of - of.mean()) ** 2).sum() for of in parts)) if is_known else nan
    df = max(in_row.sum() - len(np.unique(strata[in_row])), 1)
    delta = share - earlier_share
    is_same = se < NONE and abs(delta) < NONE
    found = {"weighted_share": share, "earlier_weighted_share": earlier_share, "weighted_delta": 100 * delta}
    reach = t.ppf(0.975, df) * se
    return found | {
        "weighted_se": 100 * se,
        "weighted_ci_low": 100 * max(delta - reach, -1),
        "weighted_ci_high": 100 * min(delta + reach, 1),
        "weighted_p_value": 1.0 if is_same else nan if se < NONE else 2 * t.sf(abs(delta) / se, df),
    }


def scores(of: Round, codes: list[str], row: Collection[int]) -> tuple[float, np.ndarray, np.ndarray]:
    """The weighted share of a round in a row, what each municipality adds to its error, and who answered there."""
    here = [of.counts.get(code, (0, 0)) if of.frame.get(code, 0) in row else (0, 0) for code in codes]
    n, base = np.array(here, dtype=float).T
    weights = np.array([of.weights.get(code, 0.0) for code in codes])
    whole = (weights * base).sum()
    share = (weights * n).sum() / whole if whole else nan
    return share, weights * (n - share * base) / whole, base > 0
