"""What is to be published of a row of an area, from the formulas of METHODS.md, one row at a time: no SQL, and nothing
of the project's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, floor, sqrt

import numpy as np
from scipy.stats import t

NEARLY = 1e-9
SMALL_BASE, HALF_WIDTH = 20, 0.1
UNITS = ("response", "municipality", "inhabitant")
Figures = dict[str, float | None]


@dataclass(frozen=True)
class Municipality:
    """Of an area: how many units of it gave the answer, and how many answered the question. `cluster` is what it shares
    its answer with."""

    size_class: int
    cluster: str
    n: int = 0
    base: int = 0
    has_answered: bool = False


def strata(area: Sequence[Municipality]) -> list[list[Municipality]]:
    """Size classes within the area; one of fewer than two clusters that answered is joined to the nearest smaller one
    that has two, or else to the next larger; one stratum where none has."""
    by_class = groupby(sorted(area, key=lambda each: each.size_class), lambda each: each.size_class)
    classes = [(order, list(members)) for order, members in by_class]
    stand = [order for order, members in classes if len(_clusters(each for each in members if each.has_answered)) >= 2]
    joined: dict[int, list[Municipality]] = {}
    for order, members in classes:
        smaller = [each for each in stand if each <= order]
        joined.setdefault(max(smaller) if smaller else min(stand, default=0), []).extend(members)
    return list(joined.values())


def figures(unit: str, area: Sequence[Municipality]) -> Figures:
    """Share, errors and intervals of an answer in an area in which somebody answered."""
    weighted = [
        (len(part) / len(some), len(part), some)
        for part in strata(area)
        if (some := [each for each in part if each.has_answered])
    ]
    said = [each for each in area if each.base]
    n, base = sum(each.n for each in said), sum(each.base for each in said)
    whole = sum(w * each.base for w, _, some in weighted for each in some)
    share = sum(w * each.n for w, _, some in weighted for each in some) / whole
    variance, of_frame, squares, open_squares = _spread(weighted, share, whole)
    is_mixed, is_whole = 0 < n < base, all(each.has_answered for each in area)
    n_clusters = sum(len(_clusters(each for each in some if each.base)) for _, _, some in weighted)
    n_units, n_observed = base if unit == "response" else n_clusters, len(said) if unit == "inhabitant" else base
    found: Figures = dict.fromkeys(("se", "se_fpc", "ci_low", "ci_high", "ci_low_fpc", "ci_high_fpc"))
    if n_clusters > 1:
        n_strata = sum(any(each.base for each in some) for _, _, some in weighted)
        quantile = t.ppf(0.975, max(n_clusters - n_strata, 1))
        measured = variance > NEARLY**2
        effective = min(share * (1 - share) / variance if is_mixed and measured else whole**2 / squares, n_units)
        found["ci_low"], found["ci_high"] = _wilson(share, effective, quantile)
        if not is_whole:
            is_open = max(of_frame / variance if measured else 0, open_squares / squares)
            bounds = _wilson(share, effective / is_open, quantile)
            found["ci_low_fpc"], found["ci_high_fpc"] = (
                _outward(bounds, n, base - n, len(area)) if unit == "municipality" else bounds
            )
        if is_mixed:
            found |= {"se": sqrt(variance), "se_fpc": sqrt(of_frame)}
    if is_whole:
        found |= {"se_fpc": 0.0, "ci_low_fpc": share, "ci_high_fpc": share}
    at_large = _is_narrow(found["ci_low"], found["ci_high"]) and n_units >= SMALL_BASE
    for_frame = _is_narrow(found["ci_low_fpc"], found["ci_high_fpc"]) and (is_whole or n_observed >= SMALL_BASE)
    return {"weighted_share": share, **found, "at_large": float(at_large), "for_frame": float(for_frame)}


def _is_narrow(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and (high - low) / 2 <= HALF_WIDTH


def _clusters(municipalities: Iterable[Municipality]) -> list[list[Municipality]]:
    by_cluster: dict[str, list[Municipality]] = {}
    for each in municipalities:
        by_cluster.setdefault(each.cluster, []).append(each)
    return list(by_cluster.values())


def _outward(bounds: tuple[float, float], n: int, n_others: int, n_frame: int) -> tuple[float, float]:
    """To whole municipalities, and no further than what those that answered leave open."""
    low, high = floor(bounds[0] * n_frame + NEARLY), ceil(bounds[1] * n_frame - NEARLY)
    return max(low, n) / n_frame, min(high, n_frame - n_others) / n_frame


def _spread(
    weighted: Sequence[tuple[float, int, list[Municipality]]], share: float, whole: float
) -> tuple[float, float, float, float]:
    """Variance of the share; for the frame; and sums of squared weights, of all and of what is open."""
    found = np.zeros(4)
    for weight, n_frame, some in weighted:
        clusters = [(sum(each.n for each in of), sum(each.base for each in of)) for of in _clusters(some)]
        z = np.array([weight * (n - share * base) / whole for n, base in clusters])
        variance = len(z) * z.var(ddof=1) if len(z) > 1 else 0
        squares = sum((weight * base) ** 2 for _, base in clusters)
        is_open = 1 - len(some) / n_frame
        found += [variance, variance * is_open, squares, squares * is_open]
    variance, of_frame, squares, open_squares = found
    return variance, of_frame, squares, open_squares


def _wilson(share: float, n: float, quantile: float) -> tuple[float, float]:
    middle, reach = share + quantile**2 / (2 * n), quantile * sqrt(share * (1 - share) / n + (quantile / (2 * n)) ** 2)
    return (middle - reach) / (1 + quantile**2 / n), (middle + reach) / (1 + quantile**2 / n)


def rows_of(
    frame: Sequence[tuple[str, int, str, int | None]],
    answers: Sequence[tuple[str, int]],
    code: int,
    shared: Mapping[str, str],
) -> Iterator[tuple[str, str, list[Municipality]]]:
    """(unit, area, its municipalities) of each area in which somebody answered, for one answer of a question. Frame:
    municipality, order of its size class (0: unknown), area, population; answers in their order; what those stand for
    that share theirs. Responses are not shared: by response there is nothing to tell of them."""
    said: dict[str, list[int]] = {}
    for municipality, answer in answers:
        said.setdefault(municipality, []).append(answer)
    for area in sorted({of for _, _, of, _ in frame}):
        members = [each for each in frame if each[2] == area]
        for unit in UNITS[bool(shared) :]:
            rows = [
                _municipality(unit, Municipality(order, shared.get(name, name)), said.get(name, []), people, code)
                for name, order, _, people in members
            ]
            if any(each.base for each in rows):
                yield unit, area, rows


def _municipality(unit: str, silent: Municipality, said: Sequence[int], people: int | None, code: int) -> Municipality:
    if not said:
        return silent
    n, base = sum(each == code for each in said), len(said)
    if unit != "response":
        n, base = int(said[0] == code), 1
    size = (people or 0) if unit == "inhabitant" else 1
    return replace(silent, n=n * size, base=base * size, has_answered=True)
