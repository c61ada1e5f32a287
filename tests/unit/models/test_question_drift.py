"""p-values of two rounds against printed examples and formulas worked out by hand."""

from __future__ import annotations

from math import comb, erfc, exp, sqrt

import duckdb
import pytest

from orchestration.engines import functions as drift
from tests.rendered import make


def counts(later: list[int], earlier: list[int]) -> list[tuple[int, int, int, int]]:
    """Options of a question of one answer, with the bases of both rounds."""
    return [(n, sum(later), earlier_n, sum(earlier)) for n, earlier_n in zip(later, earlier, strict=True)]


def exact_p(later: list[int], earlier: list[int]) -> float:
    """Freeman and Halton's p of three options: of all tables with these sums, those that are no likelier."""
    a, b, c = (n + earlier_n for n, earlier_n in zip(later, earlier, strict=True))
    drawn = sum(later)
    ways = [
        comb(a, i) * comb(b, j) * comb(c, drawn - i - j)
        for i in range(a + 1)
        for j in range(b + 1)
        if 0 <= drawn - i - j <= c
    ]
    seen = comb(a, later[0]) * comb(b, later[1]) * comb(c, later[2])
    return sum(each for each in ways if each <= seen) / comb(a + b + c, drawn)


def test_z_test_is_that_of_two_proportions_with_pooled_variance() -> None:
    p, largest = drift.share_test([(60, 100, 45, 100)])
    z = 0.15 / sqrt(0.525 * 0.475 * 2 / 100)
    assert p == pytest.approx(erfc(z / sqrt(2)), abs=1e-9)
    assert largest == pytest.approx(15)


def test_the_smallest_p_pays_for_each_option() -> None:
    alone, _ = drift.share_test([(60, 100, 45, 100)])
    among_three, largest = drift.share_test([(60, 100, 45, 100), (20, 100, 25, 100), (20, 100, 30, 100)])
    assert among_three == pytest.approx(3 * alone, abs=1e-9)
    assert largest == pytest.approx(15)


def test_an_option_that_nobody_or_everybody_ticked_has_not_moved() -> None:
    assert drift.share_test([(0, 30, 0, 40), (30, 30, 40, 40)]) == (1.0, 0.0)


def test_chi_square_of_two_options_has_no_correction() -> None:
    """Statistic 60 * (10 * 10 - 20 * 20)^2 / 30^4 = 20 / 3 with one degree of freedom."""
    test, p = drift.distribution_test(counts([10, 20], [20, 10]))
    assert (test, p) == ("chi-square", pytest.approx(erfc(sqrt(20 / 3 / 2)), abs=1e-9))


def test_chi_square_of_three_options() -> None:
    """Each expected count is 20; with two degrees of freedom p is exp(-statistic / 2)."""
    test, p = drift.distribution_test(counts([10, 20, 30], [30, 20, 10]))
    assert (test, p) == ("chi-square", pytest.approx(exp(-20 / 2), abs=1e-9))


def test_fishers_tea() -> None:
    """The Design of Experiments (1935): 34 of 70 for three cups of four right, by either side."""
    assert drift.distribution_test(counts([3, 1], [1, 3])) == ("exact", pytest.approx(34 / 70, abs=1e-9))


@pytest.mark.parametrize(("later", "earlier"), [([1, 5, 4], [6, 3, 1]), ([9, 1, 0], [2, 5, 3])])
def test_random_tables_come_near_the_exact_p_and_are_the_same_each_time(later: list[int], earlier: list[int]) -> None:
    test, p = drift.distribution_test(counts(later, earlier))
    expected = exact_p(later, earlier)
    assert test == "exact"
    assert p == pytest.approx(expected, abs=4 * sqrt(expected / drift.N_RANDOM_TABLES))
    assert drift.distribution_test(counts(later, earlier)) == (test, p)


@pytest.mark.parametrize(("n", "test"), [(5, "chi-square"), (4, "exact")])
def test_chi_square_needs_five_expected(n: int, test: str) -> None:
    assert drift.distribution_test(counts([n, 20], [n, 20]))[0] == test


def test_an_option_that_nobody_took_is_no_option() -> None:
    assert drift.distribution_test(counts([10, 20, 0], [20, 10, 0])) == drift.distribution_test(
        counts([10, 20], [20, 10])
    )
    assert drift.distribution_test(counts([10, 0], [20, 0])) == (None, None)


def test_options_that_do_not_exclude_each_other_have_no_distribution() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table stg_codebook__questions as from (values ('s', 'one', 'select_one'), "
            "('s', 'many', 'select_multiple')) as t (survey_id, question_id, question_type)"
        )
        connection.execute("create table raw__ingest__rounds_to_build as select 's' as survey_id, '2' as round_id")
        connection.execute(
            "create table round_change as select 's' as survey_id, '2' as round_id, '1' as earlier_round_id, "
            "question_id, 'response' as unit, 'all' as breakdown, 'option' as level, n, 30 as base_n, 20 as earlier_n, "
            "30 as earlier_base_n from stg_codebook__questions, (values (10), (10)) as t (n)"
        )
        make(connection, "question_drift")
        found = connection.execute("select question_id, test, share_p from question_drift order by question_id desc")
        rows = found.fetchall()
    assert [row[:2] for row in rows] == [("one", "chi-square"), ("many", None)]
    assert rows[0][2] == rows[1][2]
