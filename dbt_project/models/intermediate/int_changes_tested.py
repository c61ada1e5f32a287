"""p-values of the changes between two rounds: what SQL has no functions for."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    [("change_number", pa.int64()), ("is_weighted", pa.bool_()), ("test", pa.string()), ("p_value", pa.float64())]
)
FEW_PAIRS = 25  # that switched: below it the t distribution does not hold
NO_CHANGE = 1e-12  # of a weighted share: the last digits of two that are the same


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ARG001
    """One row per change, and weighted or not, that is computed now: which test it is, and its two-sided p-value."""
    dbt.config(materialized="table")
    changes = dbt.ref("int_changes_estimated").project(
        "change_number, is_weighted, change, se, df, n_came, n_went, not is_weighted and unit = 'municipality' "
        "and n_paired = base_n and n_paired = earlier_base_n as is_panel"
    )
    return tested(changes.to_arrow_table())


def tested(changes: pa.Table) -> pa.Table:
    """McNemar's exact test where every municipality is in both rounds and few switched, else t with the error of the
    change; a weighted change always t. No p-value where there is no error, and none of a change without one."""
    if changes.num_rows == 0:
        return SCHEMA.empty_table()
    import numpy as np
    from scipy.stats import t

    change, se, df, came, went = (
        changes.column(name).to_numpy().astype(float) for name in ("change", "se", "df", "n_came", "n_went")
    )
    switched = came + went
    is_none = np.abs(change) < NO_CHANGE
    is_exact = changes.column("is_panel").to_numpy().astype(bool) & (switched < FEW_PAIRS)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_t = 2 * t.sf(np.abs(change) / se, df)
    p = np.where(is_exact, mcnemar(came, went), np.where(se > 0, by_t, np.where((se == 0) & is_none, 1.0, np.nan)))
    test = np.where(is_exact, "mcnemar_exact", np.where(np.isnan(p), None, "t"))
    which = changes.select(["change_number", "is_weighted"]).columns
    found = [pa.array(test, pa.string()), pa.array(p, pa.float64(), from_pandas=True)]
    return pa.table([*which, *found], schema=SCHEMA)


def mcnemar(came: Any, went: Any) -> Any:
    """Exact two-sided p-values of as many or more switching one way, when either way is as likely; arrays of counts."""
    import numpy as np
    from scipy.stats import binom

    return np.minimum(1, 2 * binom.cdf(np.minimum(came, went), came + went, 0.5))
