"""What printed comparisons come to for the whole frame: what SQL has no functions for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pyarrow as pa

KEY = ("survey_id", "figure_id")
SCHEMA = pa.schema(
    [*((name, pa.string()) for name in KEY), *((name, pa.float64()) for name in ("estimate", "low", "high", "p_value"))]
)
DOUBT = 0.05
TOP = 4  # in_top_4: at most three others are above
NOTHING_KNOWN = (-100.0, 100.0)  # points


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ARG001
    """One row per printed comparison that is computed now."""
    dbt.config(materialized="table")
    differences = dbt.ref("int_figures_differences").project(
        "survey_id, figure_id, statistic, difference, se, df, contrast"
    )
    tests = dbt.ref("int_figures_differing").project(
        "survey_id, figure_id, n_rows_compared, n_clusters, chi_square, expected"
    )
    bounds = [
        (*key, *bounded([row[3:6] for row in rows], TOP if rows[0][2] == "in_top_4" else 1), None)
        for key, rows in _by_figure(differences.order("survey_id, figure_id, contrast").fetchall())
    ]
    found = [*bounds, *((*row[:2], None, None, None, p_value(*row[2:])) for row in tests.order("all").fetchall())]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in found], SCHEMA)


def _by_figure(rows: Sequence[tuple[Any, ...]]) -> list[tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    return [(key, list(group)) for key, group in groupby(rows, key=lambda row: row[: len(KEY)])]


def bounded(contrasts: Sequence[tuple[Any, ...]], place: int) -> tuple[float | None, float, float]:
    """The difference of that place from below, and its interval: of the least one where print speaks of each. It is
    above its lower bound where that many are above theirs, below its upper one where all the others are below theirs:
    so many intervals must hold at once (Bonferroni)."""
    from scipy.special import stdtrit  # quantiles of t; scipy.stats takes a second to load

    if place > len(contrasts):
        return None, NOTHING_KNOWN[1], NOTHING_KNOWN[1]

    def bounds(sign: int, at_once: int) -> list[float]:
        def bound(difference: float | None, se: float | None, df: int) -> float:
            if difference is None or se is None:
                return NOTHING_KNOWN[sign > 0]
            return difference + sign * float(stdtrit(df, 1 - DOUBT / 2 / at_once)) * se

        return sorted(bound(*contrast) for contrast in contrasts)

    known = sorted(difference for difference, _, _ in contrasts if difference is not None)
    estimate = known[place - 1] if len(known) == len(contrasts) else None
    low, high = bounds(-1, place)[place - 1], bounds(1, len(contrasts) - place + 1)[place - 1]
    return estimate, max(low, NOTHING_KNOWN[0]), min(high, NOTHING_KNOWN[1])


def p_value(n_rows: int, n_clusters: int, chi_square: float, expected: float | None) -> float | None:
    """Of Rao and Scott's test of first order: chi-square over what chance makes of it, by the F distribution."""
    from scipy.special import fdtrc

    if n_rows < 2 or not expected:
        return None
    return float(fdtrc(n_rows - 1, (n_rows - 1) * (n_clusters - 1), chi_square / expected))
