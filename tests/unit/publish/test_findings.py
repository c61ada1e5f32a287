"""What is decided of a check, as a function of what it shows, of what is written and of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import duckdb
import pytest

from publish.gate.findings import Decided, Made, decisions, decisions_made, how_to_accept
from store import warehouse
from store.days import local_day
from store.paths import DataPaths

KEY = ("koto", "2023-01", "signed_off")
LAST_DAY = date(2026, 12, 31)
FAILS = "update checks.results set status = 'fail', observed = '2' where check_id = 'signed_off'"
DECIDED = """
    insert into raw.codebook__decisions values ('koto', '2023-01', 'signed_off', '2', 'Survey team', '2026-11-01',
    '2026-12-31', 'It is so in print', 'surveys/koto/rounds/2023-01/decisions.csv', 'ab12', '2')
"""
FAILED_BEFORE = "insert into checks.history values (1, 'koto', '2023-01', 'signed_off', 'fail', '2', 2, '2026-11-01')"
ACCEPTED = Decided("accepted", "Survey team", LAST_DAY, "It is so in print")
OPEN = Decided("open", None, None, None)
FIXED = Decided("fixed", None, None, None)
NOTHING = Decided(None, None, None, None)

CASES = {
    "a failure that nobody decided on": ([FAILS], LAST_DAY, OPEN),
    "a failure that is accepted": ([FAILS, DECIDED], date(2026, 11, 22), ACCEPTED),
    "on the last day of its decision": ([FAILS, DECIDED], LAST_DAY, ACCEPTED),
    "a day after its decision": ([FAILS, DECIDED], date(2027, 1, 1), OPEN),
    "another value than was decided on": (
        [FAILS, DECIDED, "update checks.results set observed = '3' where check_id = 'signed_off'"],
        LAST_DAY,
        OPEN,
    ),
    "a decision of another round": (
        [FAILS, DECIDED, "update raw.codebook__decisions set round_id = '2024-01'"],
        LAST_DAY,
        OPEN,
    ),
    "a decision on another check": (
        [FAILS, DECIDED, "update raw.codebook__decisions set check_id = 'answered_late'"],
        LAST_DAY,
        OPEN,
    ),
    "a block, whatever is decided": (
        [FAILS, DECIDED, "update checks.results set severity = 'block' where check_id = 'signed_off'"],
        LAST_DAY,
        OPEN,
    ),
    "a check that never failed": ([], LAST_DAY, NOTHING),
    "a check that passes, decided on beforehand": ([DECIDED], LAST_DAY, NOTHING),
    "a check that failed before and passes": ([FAILED_BEFORE], LAST_DAY, FIXED),
    "a check that failed before and cannot be computed": (
        [FAILED_BEFORE, "update checks.results set status = 'not_computable' where check_id = 'signed_off'"],
        LAST_DAY,
        NOTHING,
    ),
    "a check that failed before and fails again": ([FAILED_BEFORE, FAILS], LAST_DAY, OPEN),
}


@pytest.fixture
def connection(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.opened(paths.warehouse_file) as opened:
        yield opened


@pytest.mark.parametrize(("changes", "today", "expected"), CASES.values(), ids=CASES.keys())
def test_decision(connection: duckdb.DuckDBPyConnection, changes: list[str], today: date, expected: Decided) -> None:
    for change in changes:
        connection.execute(change)
    found = decisions(connection, today)
    assert found[KEY] == expected
    assert {decided for key, decided in found.items() if key != KEY} == {NOTHING}


def test_the_day_is_that_of_finland() -> None:
    assert local_day(datetime(2026, 11, 24, 21, 59, tzinfo=UTC)) == date(2026, 11, 24)
    assert local_day(datetime(2026, 11, 24, 22, 0, tzinfo=UTC)) == date(2026, 11, 25)
    assert local_day(datetime(2026, 7, 24, 21, 0, tzinfo=UTC)) == date(2026, 7, 25)


def test_a_decision_knows_its_place(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(DECIDED)
    [(key, made)] = decisions_made(connection).items()
    assert (key, made.place) == (KEY, "surveys/koto/rounds/2023-01/decisions.csv, line 2")


FILE = "surveys/koto/rounds/2023-01/decisions.csv"
HEADER = "check_id,observed,decided_by,decided_on,valid_until,reason"
MADE = Made(FILE, 4, "2", date(2026, 10, 31))
ADVICE = {
    "no file yet": ({}, "2", f"make {FILE} of the two lines\n    {HEADER}\n    signed_off,2,?,2026-11-22,?,?\n"),
    "other decisions of the round": (
        {("koto", "2023-01", "answered_late"): MADE},
        "2",
        f"add to {FILE} the line\n    signed_off,2,?,2026-11-22,?,?\n",
    ),
    "decisions of another round": ({("koto", "2024-01", "signed_off"): MADE}, "2", f"make {FILE} of the two lines"),
    "a decision whose day has passed": (
        {KEY: MADE},
        "2",
        f"held until 2026-10-31: in the data folder, replace line 4 of {FILE}",
    ),
    "a decision on another value": (
        {KEY: Made(FILE, 4, "1", LAST_DAY)},
        "2",
        f"is of 1, not of what is found now: in the data folder, replace line 4 of {FILE} by\n    signed_off,2,?,2026",
    ),
    "a value with commas": ({}, 'a: 1,5 %; "b": 2', 'signed_off,"a: 1,5 %; ""b"": 2",?,2026-11-22,?,?'),
}


@pytest.mark.parametrize(("made", "observed", "expected"), ADVICE.values(), ids=ADVICE.keys())
def test_advice_is_ready_to_copy(made: dict[tuple[str, str, str], Made], observed: str, expected: str) -> None:
    advice = how_to_accept(KEY, observed, made, date(2026, 11, 22))
    assert expected in advice
    assert "reviewed like code" in advice
