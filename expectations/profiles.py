"""What Great Expectations is given: different values with their counts, made by DuckDB. Never rows of respondents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pandas as pd

from store.builds import PLANNED

NULL = "(null)"
MIDNIGHT = " 00:00:00"
ISO_DATE = "%Y-%m-%d"
# strptime is more lenient: it takes spaces, and a year such as 0023.
DATE = re.compile(r"[1-9][0-9]{3}(?:[./-][0-9]{1,2}){2}(?: 00:00:00)?|(?:[0-9]{1,2}[./-]){2}[1-9][0-9]{3}")

# A number is exact to six decimals; with 16 digits before them it is out of any range.
NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
SMALLEST, TOO_LONG = Decimal("0.000001"), Decimal(10**15)

ANSWERS = """
    select p.survey_id, p.round_id, p.question_id, p.judged_value, p.answer_status, p.n,
        q.min_value, q.max_value, p.question_type, r.date_format
    from checks.answer_profile p
    join raw.codebook__questions q using (survey_id, question_id)
    join raw.codebook__rounds r using (survey_id, round_id)
    where (p.survey_id, p.round_id) in (select survey_id, round_id from {planned})
"""


def answer_profile(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per round, question, value and status, with n and two readings of the value made here, not in SQL:
    as_date (ISO text, '' where it is none) and outside (how far beyond the question's bounds a number lies)."""
    frame = connection.execute(ANSWERS.format(planned=PLANNED)).df()
    text = frame["judged_value"].fillna("")
    frame["as_date"] = [read_date(value, form) for value, form in zip(text, frame["date_format"], strict=True)]
    frame["outside"] = [
        _outside(value, low, high)
        for value, low, high in zip(text, frame["min_value"], frame["max_value"], strict=True)
    ]
    return frame.drop(columns=["min_value", "max_value", "date_format"])


def table_profile(connection: duckdb.DuckDBPyConnection, columns: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """One row per place (table:column) and value (kind values) or bound (kind range): value, number and count n. Each
    table is read once: some are views, and made anew each time."""
    columns = list(columns)
    tables = ", ".join(f'"{table}" as materialized (from {table})' for table in sorted({each[0] for each in columns}))
    selects = [_values(table, column) if kind == "values" else _range(table, column) for table, column, kind in columns]
    return connection.execute(f"with {tables} {' union all '.join(selects)}").df()


def _values(table: str, column: str) -> str:
    return (
        f"select '{table}:{column}' as place, "
        f"coalesce(cast(\"{column}\" as varchar), '{NULL}') as value, cast(null as double) as number, "
        f'count(*) as n from "{table}" group by "{column}"'
    )


def _range(table: str, column: str) -> str:
    return " union all ".join(
        f"select '{table}:{column}' as place, '{bound}' as value, "
        f'cast({bound}("{column}") as double) as number, count(*) as n from "{table}"'
        for bound in ("min", "max")
    )


def read_date(text: str, date_format: str) -> str:
    """A date of a round as ISO text; '' where it is none."""
    if not DATE.fullmatch(text):
        return ""
    for written, form in ((text.removesuffix(MIDNIGHT), ISO_DATE), (text, date_format)):
        with suppress(ValueError):
            return datetime.strptime(written, form).date().isoformat()
    return ""


def _outside(text: str, low: Any, high: Any) -> float:
    if not NUMBER.fullmatch(text):
        return 0.0
    exact = min(max(Decimal(text.replace(",", ".")), -TOO_LONG), TOO_LONG)
    number = exact.quantize(SMALLEST, ROUND_HALF_UP)
    below = Decimal(low) - number if pd.notna(low) else Decimal(0)
    above = number - Decimal(high) if pd.notna(high) else Decimal(0)
    return float(max(below, above, abs(number) - TOO_LONG + SMALLEST, Decimal(0)))
