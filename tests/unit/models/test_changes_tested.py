"""Which test a change gets, and its p-value, worked out by hand."""

from __future__ import annotations

from math import comb
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.models.python_model import python_model

changes = python_model("intermediate", "int_changes_tested")


def outcome(**change: Any) -> tuple[str | None, float | None]:
    """Test and p-value of one change: by t, of a panel in which nobody switched, but for what is said."""
    plain = {"change_number": 1, "is_weighted": False, "change": 0.1, "se": 0.05, "df": 1}
    plain |= {"n_came": 0, "n_went": 0, "is_panel": False}
    (found,) = changes.tested(pa.Table.from_pylist([plain | change])).to_pylist()
    return found["test"], found["p_value"]


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
    assert changes.tested(pa.table({"change_number": pa.array([], pa.int64())})).num_rows == 0
