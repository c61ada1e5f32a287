"""Whether the answers to a question moved since the last round that asked the same: p-values of each pair of rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

KEY = ("survey_id", "round_id", "earlier_round_id", "question_id")
COUNTS = ("n", "base_n", "earlier_n", "earlier_base_n")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in KEY),
        ("share_p", pa.float64()),
        ("largest_change", pa.float64()),
        ("test", pa.string()),
        ("distribution_p", pa.float64()),
    ]
)
LEAST_EXPECTED = 5  # Cochran: below it the chi-square distribution does not hold
N_RANDOM_TABLES = 19_999
SEED = 20230117  # fixed: the same two rounds give the same p-value on every build


def model(dbt: Any, session: Any) -> pa.Table:
    """One row per question and pair of rounds. A pair of rounds that are not built now is carried over."""
    dbt.config(
        materialized="incremental",
        unique_key=["survey_id", "round_id", "question_id"],
    )
    whole = dbt.ref("round_change").filter("unit = 'response' and breakdown = 'all' and level = 'option'")
    built = set(dbt.ref("stg_ingest__rounds_to_build").project("survey_id, round_id").fetchall())
    single = dbt.ref("stg_codebook__questions").filter("question_type = 'select_one'")
    there = session.execute(f"select {', '.join(KEY)} from {dbt.this}").fetchall() if dbt.is_incremental else []
    carried = {key for key in there if not {(key[0], key[1]), (key[0], key[2])} & built}
    rows = whole.project(", ".join((*KEY, *COUNTS))).order("all").fetchall()
    excludes_others = set(single.project("survey_id, question_id").fetchall())
    return tested([row for row in rows if row[: len(KEY)] not in carried], excludes_others)


def tested(rows: Sequence[tuple[Any, ...]], excludes_others: set[tuple[str, str]]) -> pa.Table:
    """The tests of each question. Options that do not exclude each other (select_multiple) have no distribution."""
    questions: dict[tuple[str, ...], list[tuple[int, ...]]] = {}
    for row in rows:
        questions.setdefault(row[: len(KEY)], []).append(row[len(KEY) :])
    found = [
        (
            *key,
            *share_test(counts),
            *(distribution_test(counts) if (key[0], key[3]) in excludes_others else (None, None)),
        )
        for key, counts in questions.items()
    ]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in found], SCHEMA)


def share_test(counts: Sequence[Sequence[int]]) -> tuple[float, float]:
    """The smallest two-sided p-value of the two-proportion z-tests of the options, Holm-corrected, and the largest
    change in points."""
    import numpy as np
    from scipy.stats import norm

    n, base, earlier_n, earlier_base = np.asarray(counts, dtype=float).T
    pooled = (n + earlier_n) / (base + earlier_base)
    error = np.sqrt(pooled * (1 - pooled) * (1 / base + 1 / earlier_base))
    change = np.abs(n / base - earlier_n / earlier_base)
    z = np.divide(change, error, out=np.zeros_like(change), where=error > 0)
    return min(1.0, len(z) * float(2 * norm.sf(z.max()))), 100 * float(change.max())


def distribution_test(counts: Sequence[Sequence[int]]) -> tuple[str | None, float | None]:
    """Name and p-value of the test that two rounds have one distribution: chi-square where every expected count allows
    it, else Fisher's, whose tables of more than two options (Freeman-Halton) are drawn at random."""
    import numpy as np
    from scipy.stats import MonteCarloMethod, chi2_contingency, fisher_exact
    from scipy.stats.contingency import expected_freq

    table = np.asarray(counts)[:, [0, 2]]
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2:
        return None, None
    if expected_freq(table).min() >= LEAST_EXPECTED:
        return "chi-square", float(chi2_contingency(table, correction=False).pvalue)
    if len(table) == 2:
        return "exact", float(fisher_exact(table).pvalue)
    drawn = MonteCarloMethod(n_resamples=N_RANDOM_TABLES, rng=np.random.default_rng(SEED))
    return "exact", float(fisher_exact(table, method=drawn).pvalue)
