"""What the data of the other tests may not meet: halves, ends of numbers, order of nulls, quotes and backslashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession

from ingest.codebook.round import DATE_FORMATS
from tests.rendered import rendered
from tests.spark.engine import session
from tests.unit.expectations.test_dates import TEXTS as DATES
from tests.unit.expectations.test_numbers import TEXTS as NUMBERS

HALVES = (0.05, 0.15, 0.25, 0.35, 0.45, -0.05, -0.25, 6.25, 1 / 16, 2.5, 3.5, 0.0005, 1234567.05, 53.65, -0.04, None)
WORDS = ("it's", 'a "word"', "a\\b", "\\", "\\n", "%", "_x", "ä", "Ä", "z", "", " ", "a|b", "a.b|", "+", None)
NAMES = (
    '{"fi": "Ä\'s \\\\ \\"x\\"", "sv": "b"}', '{"sv": "b", "fi": "a"}', '{"en": ""}', "{}", None,
)  # fmt: skip
LISTS = ('["a", "b\\\\c"]', '["it\'s"]', "[]", None)
TIMES = ("2023-03-26 00:59:59", "2023-03-26 01:00:00", "2023-10-29 00:30:00", "2023-12-31 22:00:01", None)
Rows = tuple[tuple[Any, ...], ...]
CASES: dict[str, tuple[Rows, str]] = {
    "numbers as text": (
        tuple((each,) for each in HALVES),
        "select {{ with_decimals('a', 0) }}, {{ with_decimals('a', 1) }}, {{ with_decimals('a', 3) }}, "
        "{{ with_sign('a', 1) }}, {{ percent('a') }} from t",
    ),
    "halves of shares": (
        tuple((n, base) for base in (0, 1, 3, 8, 16, 200, 2**40) for n in (0, 1, 3, 5, 7)),
        "select {{ half_up('a', 'b', 100) }}, {{ half_up('a', 'b', 1000) }}, {{ share('a', 'b') }} from t",
    ),
    "ties of remainders": (
        tuple((n, 3, order) for n, order in ((1, 3), (1, 1), (1, 2))),
        "select c, {{ pct_largest_remainder('a', 'b', 'b', 'c') }} from t",
    ),
    "numbers": (
        tuple((text, sign) for text in (*NUMBERS, "12\n", "12\u2028", None) for sign in ".,"),
        "select {{ text_to_number('a', 'b') }}, {{ bare_digits('a') }}, {{ plain_number(text_to_number('a', 'b')) }}, "
        "{{ without_zero_decimals('a') }} from t",
    ),
    "dates": (
        tuple((text, form) for text in (*DATES[::7], "29.2.2023", "31.4.2023", None) for form in DATE_FORMATS),
        "select {{ text_to_date('a', 'b') }} from t",
    ),
    "local days": (
        tuple((each, zone) for each in TIMES for zone in ("Europe/Helsinki", "America/New_York", "UTC")),
        "select {{ local_date('cast(a as timestamp)', 'b') }} from t",
    ),
    "days and seconds": (
        tuple((a, b) for a in TIMES for b in TIMES),
        "select {{ days_between('cast(a as date)', 'cast(b as date)') }}, {{ day_before('cast(a as date)') }}, "
        "{{ seconds_between('cast(a as timestamp)', 'cast(b as timestamp)') }} from t where a <= b",
    ),
    "spaces": (
        tuple((f"{space}a{space}b{space}",) for space in ("\t", "\n", "\r", "\u00a0", " ", "\u2009", "\\t", "")),
        "select {{ trimmed('a') }} from t",
    ),
    "texts in languages": (
        tuple((each,) for each in NAMES),
        "select {{ text_in('a', \"'fi'\") }}, {{ text_in('a', \"'en'\") }}, {{ first_text('a') }}, "
        "{{ is_text_of(\"'b'\", 'a') }} from t",
    ),
    "rows of texts": (
        tuple((each,) for each in NAMES),
        "select {{ languages_of('a') }} from t union all select {{ texts_of('a') }} from t"
    ),
    "lists in JSON": (
        tuple((word, each) for each in LISTS for word in (*WORDS, "b\\c", "a")),
        "select a, {{ is_in_list('a', 'b') }} from t"
    ),
    "joined cells": (
        tuple((word, sign) for word in (*WORDS, " a | b ", "a.b.", "\\a\\") for sign in ("|", ".", "+", "\\", "\\E")),
        "select a, b, {{ split_to_rows('a', 'b') }} from t",
    ),
    "groups": (
        tuple((place % 3, word, place) for place, word in enumerate((*WORDS, *WORDS, None))),
        "select a, {{ texts_in_order('b', '; ', 'b, c') }}, {{ first_by('b', 'a', 'c') }}, {{ any_true(\"b = 'z'\") }} "
        "from t where b is not null or c > 20 group by a",
    ),
    "lists": (
        tuple((place % 4, word) for place, word in enumerate((*WORDS, *WORDS))),
        "select a, {{ first_of_list(sorted_list('b')) }}, {{ is_element(\"'z'\", sorted_list('b')) }}, "
        "coalesce({{ sorted_list('b') }}, {{ empty_list('string') }}) = {{ empty_list('string') }} from t group by a",
    ),
    "values of groups": (
        tuple((place % 3, Decimal(place * place) / 8, place) for place in range(14)),
        "select a, {{ standard_deviation('b') }}, {{ quantile('b', 0.25) }}, {{ quantile('b', 0.5) }}, "
        "{{ sum_in_any_order('cast(b as double) / 3') }}, "
        "sum({{ product('c', 'c') }}) from t group by a",
    ),
    "one alone": (((1, Decimal(3)),), "select {{ standard_deviation('b') }}, {{ quantile('b', 0.75) }} from t"),
    "nearest places": (
        tuple((place, place in marked, str(marked)) for marked in ((), (0,), (2, 4), (5,)) for place in range(6)),
        "select c, a, {{ nearest_that('b', 'a', 'c') }} from t",
    ),
    "literals": (
        ((1,),),
        "select " + ", ".join(f"{{{{ text({word!r}) }}}}" for word in WORDS if word is not None) + " from t",
    ),
}  # fmt: skip
Asked = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    yield session(tmp_path_factory.mktemp("spark"))


def by_duckdb(rows: Rows, sql: str) -> Asked:
    with duckdb.connect() as connection:
        columns = [list(column) for column in zip(*rows, strict=True)]
        listed = ", ".join(
            f"unnest(cast(? as {type_}[])) as {name}" for name, type_ in zip("abc", types(rows), strict=False)
        )
        connection.execute(f"create table t as select {listed}", columns)
        return connection.execute(rendered(sql)).fetchall()


def by_spark(spark: SparkSession, rows: Rows, sql: str) -> Asked:
    schema = ", ".join(f"{name} {type_}" for name, type_ in zip("abc", types(rows), strict=False))
    spark.createDataFrame([list(row) for row in rows], schema).createOrReplaceTempView("t")
    return [tuple(row) for row in spark.sql(rendered(sql, "spark")).collect()]


def types(rows: Rows) -> list[str]:
    """Of each column, as both engines write them."""
    known = {int: "bigint", float: "double", bool: "boolean", Decimal: "decimal(24, 6)", str: "string"}
    return [known[type(next((each for each in column if each is not None), ""))] for column in zip(*rows, strict=True)]


def in_order(rows: Asked) -> list[str]:
    return sorted(repr(tuple(_plain(value) for value in row)) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value).normalize()
    return str(value) if isinstance(value, date | datetime) else value


@pytest.mark.parametrize("name", CASES)
def test_both_engines_say_the_same(spark: SparkSession, name: str) -> None:
    rows, sql = CASES[name]
    assert in_order(by_spark(spark, rows, sql)) == in_order(by_duckdb(rows, sql)) != []


def test_another_answer_is_seen(spark: SparkSession) -> None:
    """The mutant: texts in the wrong order."""
    rows, sql = CASES["groups"]
    assert in_order(by_spark(spark, rows, sql.replace("'b, c'", "'-c'"))) != in_order(by_duckdb(rows, sql))
