"""Which test a change gets, and its p-value, worked out by hand."""

from __future__ import annotations

from math import comb
from typing import Any

import duckdb
import pytest

from tests.rendered import make

COLUMNS = {
    "change_number": "bigint", "is_weighted": "boolean", "unit": "text", "n_paired": "bigint", "base_n": "bigint",
    "earlier_base_n": "bigint", "change": "double", "se": "double", "df": "bigint", "n_came": "bigint",
    "n_went": "bigint",
}  # fmt: skip


def found_of(*changes: dict[str, Any]) -> list[tuple[str | None, float | None]]:
    """Test and p-value of each change."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        connection.execute(f"create table int_changes_estimated ({columns})")
        for change in changes:
            values = [change[name] for name in COLUMNS]
            connection.execute(f"insert into int_changes_estimated values ({', '.join('?' * len(values))})", values)
        make(connection, "int_changes_tested")
        return connection.execute("select test, p_value from int_changes_tested").fetchall()


def outcome(*, is_panel: bool = False, **change: Any) -> tuple[str | None, float | None]:
    """Test and p-value of one change: by t, of a panel in which nobody switched, but for what is said."""
    plain = {"change_number": 1, "is_weighted": False, "change": 0.1, "se": 0.05, "df": 1, "n_came": 0, "n_went": 0}
    paired = {"unit": "municipality", "base_n": 90, "earlier_base_n": 90, "n_paired": 90 if is_panel else 80}
    (found,) = found_of(plain | paired | change)
    return found


def test_the_error_of_the_change_gives_t() -> None:
    test, p = outcome(change=0.05, se=0.05, df=1)
    assert (test, p) == ("t", pytest.approx(0.5))  # t with one degree of freedom is Cauchy's: half lie beyond 1


def test_few_that_switched_are_counted_exactly() -> None:
    by_hand = 2 * sum(comb(10, k) for k in range(3)) / 2**10
    assert outcome(n_came=8, n_went=2, is_panel=True) == ("mcnemar_exact", pytest.approx(by_hand))
    assert outcome(n_came=0, n_went=0, is_panel=True, change=0.0) == ("mcnemar_exact", 1.0)
    assert outcome(n_came=5, n_went=5, is_panel=True, change=0.0) == ("mcnemar_exact", 1.0)


def test_many_that_switched_and_other_municipalities_get_t() -> None:
    assert outcome(n_came=20, n_went=5, is_panel=True)[0] == "t"
    assert outcome(n_came=8, n_went=2, is_panel=False)[0] == "t"


def test_no_error_no_test() -> None:
    assert outcome(se=None) == (None, None)
    assert outcome(se=0.0, change=1.0) == (None, None)
    assert outcome(se=0.0, change=0.0) == ("t", 1.0)
    assert outcome(se=0.0, change=-1e-16, is_weighted=True) == ("t", 1.0)  # the last digits of a weighted share


def test_no_changes() -> None:
    assert found_of() == []


@pytest.mark.parametrize("other", [{"unit": "response"}, {"earlier_base_n": 91}, {"base_n": 91}, {"is_weighted": True}])
def test_a_panel_is_of_all_municipalities_of_both_rounds(other: dict[str, Any]) -> None:
    assert outcome(n_came=8, n_went=2, is_panel=True, **other)[0] == "t"
