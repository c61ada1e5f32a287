"""Errors of shares that few gave of very many: sums that are cut to 15 decimals keep their digits."""

from __future__ import annotations

from fractions import Fraction

import duckdb
import pytest

from tests.rendered import DBT, Slip, make, read

N, BASE, EARLIER_N, EARLIER_BASE = 7, 10**7, 40, 2 * 10**7  # clusters of one answer each, none of them in both rounds
ROW = f"""
    select 's' as survey_id, '2' as round_id, '1' as earlier_round_id, 'q' as question_id, 'response' as unit,
        'all' as breakdown, 'all' as breakdown_id, 'option' as answer_level, 'a' as answer_code, false as is_weighted,
        'all' as stratum, {BASE + EARLIER_BASE} as n_clusters_of_stratum, {BASE + EARLIER_BASE} as n_clusters,
        {N}.0 as n, {BASE}.0 as base_n, {EARLIER_N}.0 as earlier_n, {EARLIER_BASE}.0 as earlier_base_n,
        {N}.0 as n_squared, {N}.0 as n_times_base, {BASE}.0 as base_squared,
        {EARLIER_N}.0 as earlier_n_squared, {EARLIER_N}.0 as earlier_n_times_base,
        {EARLIER_BASE}.0 as earlier_base_squared,
        0.0 as n_times_earlier_n, 0.0 as n_times_earlier_base, 0.0 as base_times_earlier_n,
        0.0 as base_times_earlier_base, 0 as n_paired, 0 as n_came, 0 as n_went
"""
SUMMED = """{{ variance_of_sum(
                    'factor', 'n_clusters_of_stratum', 'z', '(squares + earlier_squares - 2 * products)', 'size'
                ) }} / power(total_base_n, 2)"""
DIVIDED_FIRST = """{{ sum_in_any_order('factor * (squares + earlier_squares) / power(total_base_n, 2)') }}"""


def error_of_change(slip: Slip | None = None) -> float:
    with duckdb.connect() as connection:
        connection.execute(f"create table int_changes_weighed as {ROW}")
        connection.execute(f"create table t_quantiles as from {read(DBT / 'seeds' / 't_quantiles.csv')}")
        make(connection, "int_changes_estimated", slip=slip)
        ((se,),) = connection.execute("select se from int_changes_estimated").fetchall()
        return float(se)


def exact() -> float:
    """z of a cluster is (answer - share) / base: its squares add up to share * (1 - share) / base, and z to 0."""
    shares = ((Fraction(N, BASE), BASE), (Fraction(EARLIER_N, EARLIER_BASE), EARLIER_BASE))
    n = BASE + EARLIER_BASE
    variance = Fraction(n, n - 1) * sum(share * (1 - share) / base for share, base in shares)
    return float(variance) ** 0.5


def test_the_error_of_a_rare_answer_keeps_its_digits() -> None:
    assert error_of_change() == pytest.approx(exact(), rel=1e-12, abs=0)


def test_sums_that_are_divided_before_they_are_cut_lose_them() -> None:
    slipped = error_of_change(Slip("int_changes_estimated", SUMMED, DIVIDED_FIRST))
    assert slipped != pytest.approx(exact(), rel=1e-7, abs=0)
