"""How long a number may be: SQL's reading and that of Great Expectations agree on every text, with any bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

import duckdb
import pytest

from expectations.answers import number_pattern
from expectations.profiles import _outside
from tests.rendered import DBT, Slip, rendered

NINES = "9" * 15
TEXTS = (
    "0", "7", "-7", "+7", "007", "-0", "2.0", "2,0", "2.00", "2,00", "2.000", "2,000", "2.5", "2,5", "1 000",
    "1.000", "1,000", "1e3", ".5", "5.", "2.0000001", "1.9999999", "0.1234567", "33.333333333333336",
    "33,333333333333336", "100.0000001",
    NINES, f"-{NINES}", f"9{NINES}", f"-9{NINES}", f"+9{NINES}", f"{NINES}.9999994", f"{NINES}.9999995", f"{NINES}.5",
    "0" * 400 + "7", "9" * 400, "-" + "9" * 400, "9" * 400 + ",5", "1." + "0" * 400, "1." + "3" * 400,
    "NaN", "inf", "n. 5",
)  # fmt: skip
BOUNDS = (
    (None, None),
    ("0", None),
    (None, "100"),
    ("0", "100"),
    ("-1000000000000000", "1000000000000000"),
    ("2.5", "33.333333"),
)
MACROS = (DBT / "macros" / "answer_status.sql").read_text(encoding="utf-8")
STATUS = """
with answer as (
    select place, raw_value, question_type, cast(min_value as decimal(24, 6)) as min_value,
        cast(max_value as decimal(24, 6)) as max_value,
        {{ text_to_number('raw_value', 'decimal_sign') }} as number_value,
        false as is_blank, true as is_relevant, true as is_column_relevant, false as is_missing_code, null as code,
        null as is_ticked, null as date_value, true as is_constraint_met, false as is_contradictory
    from (
        select unnest(range(len($text))) as place, unnest($text::varchar[]) as raw_value,
            unnest($kind::varchar[]) as question_type, unnest($sign::varchar[]) as decimal_sign,
            unnest($low::varchar[]) as min_value, unnest($high::varchar[]) as max_value
    )
)
select {{ answer_status() }} from answer order by place
"""
CASES = [
    (text, kind, sign, *bounds) for text, kind, sign, bounds in product(TEXTS, ("integer", "decimal"), ".,", BOUNDS)
]
Case = tuple[str, str, str, str | None, str | None]


def by_sql(sql: str, cases: Sequence[Case]) -> list[str]:
    """The status of each, all asked at once."""
    values = dict(zip(("text", "kind", "sign", "low", "high"), map(list, zip(*cases, strict=True)), strict=True))
    with duckdb.connect() as connection:
        return [status for (status,) in connection.execute(sql, values).fetchall()]


def by_expectations(text: str, kind: str, sign: str, low: str | None, high: str | None) -> str:
    if not re.fullmatch(number_pattern(kind, sign), text):
        return "not_a_number"
    return "out_of_range" if _outside(text, low, high) >= 1e-9 else "valid"


def differing(macros: str) -> list[Case]:
    """The cases that are read in two ways."""
    read = zip(CASES, by_sql(rendered(macros + STATUS), CASES), strict=True)
    return [case for case, status in read if status != by_expectations(*case)]


def test_both_readings_of_a_number_agree() -> None:
    assert differing(MACROS) == []


SLIPS = [
    Slip("answer_status", " or {{ is_too_long('number_value') }}", ""),
    Slip("answer_status", "{{ is_like('raw_value', '.*[.,]0*[1-9].*') }}", "number_value <> floor(number_value)"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=["no limit", "rounded first"])
def test_slip_is_seen(slip: Slip) -> None:
    assert differing(slip.made_in(MACROS))


@pytest.mark.parametrize(
    ("text", "low", "high", "status"),
    [
        ("9" * 16, None, None, "out_of_range"),
        ("-" + "9" * 400, None, None, "out_of_range"),
        ("9" * 15, None, None, "valid"),
        ("0" * 400 + "7", "0", "10", "valid"),
        ("33.333333333333336", "0", "33.333333", "valid"),
    ],
)
def test_number_that_is_too_long_is_out_of_any_range(text: str, low: str | None, high: str | None, status: str) -> None:
    assert by_sql(rendered(MACROS + STATUS), [(text, "decimal", ".", low, high)]) == [status]
