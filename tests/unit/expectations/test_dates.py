"""A text is a date, and the same one, to SQL and to the second reading: in every form that a round can declare."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from expectations.profiles import read_date
from ingest.codebook.round import DATE_FORMATS, USUAL_DATE_FORMAT
from tests.rendered import rendered

NUMBERS = ("0", "1", "01", "2", "12", "13", "29", "30", "31", "32", "99", "1999", "2020", "0023", "02020")
TEXTS = [
    *(sign.join(parts) for parts in product(NUMBERS, repeat=3) for sign in "./-"),
    "1/2-2020", "1/2/2020 00:00:00", "2020/1/31 00:00:00", "2020-1-31 00:00:00", "2020-01-31 09:00:00", "1/2/20",
    "1/ 2/2020", " 1/2/2020", "1/2/2020 ", "+1/2/2020", "١/٢/٢٠٢٠", "1//2020", "2020-01", "1.2.2020.", "yesterday", "",
]  # fmt: skip


def read_by_sql(form: str) -> list[str]:
    """The texts as the macro of the project reads them; '' where they are none."""
    sql = rendered("{{ text_to_date('text', 'form') }}")
    with duckdb.connect() as connection:
        connection.execute("create table texts as select unnest(?) as text, ? as form", [TEXTS, form])
        found = connection.execute(f"select coalesce(cast({sql} as varchar), '') from texts order by rowid")
        return [date for (date,) in found.fetchall()]


@pytest.mark.parametrize("form", DATE_FORMATS)
def test_sql_and_the_second_reading_agree(form: str) -> None:
    by_sql = read_by_sql(form)
    assert dict(zip(TEXTS, by_sql, strict=True)) == {text: read_date(text, form) for text in TEXTS}
    assert len(set(by_sql)) > 10


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("1/2/2020", "%m/%d/%Y", "2020-01-02"),
        ("1/2/2020", "%d/%m/%Y", "2020-02-01"),
        ("1/2/2020", USUAL_DATE_FORMAT, ""),
        ("1.2.2020", USUAL_DATE_FORMAT, "2020-02-01"),
        ("1.2.2020", "%m/%d/%Y", ""),
        ("31/1/2020", "%m/%d/%Y", ""),
        ("2020-01-31", "%m/%d/%Y", "2020-01-31"),
    ],
)
def test_a_date_is_read_only_as_declared(text: str, form: str, expected: str) -> None:
    """Year-month-day is never mistaken: corrections and date cells are written so."""
    assert read_date(text, form) == expected
