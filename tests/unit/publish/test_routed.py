"""A question that only some were asked has a base that counts the answers to another."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from publish.disclosure import routed
from publish.disclosure.apply import TABLES
from publish.disclosure.hidden import CELLS

CELL = "survey_id, round_id, question_id, unit, breakdown, breakdown_id"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Of those who have a plan (hidden in the north), some say whether it is new, and of these some when it began."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as source; attach ':memory:' as protected")
        connection.execute("create schema source.raw; create schema source.marts; create schema protected.disclosure")
        connection.execute(TABLES)
        connection.execute(
            "create table source.raw.codebook__conditions as select * from (values "
            "('s', 'is_new', 'relevant', '${plan} = ''yes'''), ('s', 'began', 'relevant', '${is_new} = ''yes'''), "
            "('s', 'plan', 'constraint', '${began} > 0')) as t (survey_id, question_id, purpose, expression)"
        )
        connection.execute(
            "create table source.raw.codebook__questions as select * from (values "
            "('s', 'plan', ''), ('s', 'plan_text', 'plan')) as t (survey_id, question_id, other_of)"
        )
        connection.execute(
            "create table source.raw.codebook__codings as select * from (values "
            "('s', 'r', 'plan_text', 'plan_codes')) as t (survey_id, round_id, question_id, coded_question_id)"
        )
        cells = "select 's' as survey_id, 'r' as round_id, q as question_id, 'response' as unit, 'area' as breakdown, "
        cells += "area as breakdown_id, "
        connection.execute(
            f"create table source.marts.answer_distribution as {cells} 'option' as level, code as answer_code, "
            "false as is_synthetic, 'shown' as cell_status from (values ('plan'), ('is_new')) as q (q), "
            "(values ('north'), ('south')) as a (area), (values ('yes'), ('no')) as c (code)"
        )
        connection.execute(
            f"create table source.marts.number_summary as {cells} false as is_synthetic, 'shown' as cell_status "
            "from (values ('began')) as q (q), (values ('north'), ('south')) as a (area)"
        )
        connection.execute(
            "create table source.marts.system_use as "
            "select *, '' as system_id from source.marts.number_summary where false"
        )
        connection.execute(
            "create table source.marts.dim_question as from (values ('s', 'plan', 'public_fact'), "
            "('s', 'is_new', 'opinion'), ('s', 'began', 'public_fact')) as t (survey_id, question_id, disclosure)"
        )
        connection.execute(
            "create table source.marts.dim_round as select 's' as survey_id, 'r' as round_id, true as is_protected"
        )
        connection.execute(CELLS)
        yield connection


def hidden(connection: duckdb.DuckDBPyConnection) -> set[tuple[object, ...]]:
    return set(
        connection.execute(
            "select question_id, breakdown_id, answer_code, is_base_hidden from protected.disclosure.hidden"
        ).fetchall()
    )


def test_rows_of_a_routed_question_go_with_their_base(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"insert into protected.disclosure.hidden select {CELL}, level, answer_code, 'hidden_primary', false "
        "from source.marts.answer_distribution where question_id = 'plan' and breakdown_id = 'north'"
    )
    routed.hide(connection)
    assert hidden(connection) == {
        ("plan", "north", "yes", False),
        ("plan", "north", "no", False),
        ("is_new", "north", "yes", True),
        ("is_new", "north", "no", True),
        ("began", "north", "", True),
    }


def test_a_cell_that_is_hidden_already_loses_its_base(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"insert into protected.disclosure.hidden select {CELL}, level, answer_code, 'hidden_primary', false "
        "from source.marts.answer_distribution where breakdown_id = 'north' and answer_code = 'yes'"
    )
    routed.hide(connection)
    assert ("is_new", "north", "yes", True) in hidden(connection)
    assert ("plan", "north", "yes", False) in hidden(connection)


def test_all_that_is_counted_of_a_routed_question_is_known_to_tell(connection: duckdb.DuckDBPyConnection) -> None:
    """Also of a text, which has no cells: how many wrote one is how many gave the answer that it explains; nor
    of what the text was coded as."""
    connection.execute("insert into protected.disclosure.hidden values "
        "('s', 'r', 'plan', 'response', 'all', 'all', 'option', 'yes', 'hidden_primary', false)")  # fmt: skip
    routed.hide(connection)
    told = connection.execute(
        "select distinct question_id from protected.disclosure.routed_rows where breakdown = 'all' order by 1"
    ).fetchall()
    assert told == [("is_new",), ("plan_codes",), ("plan_text",)]


def test_what_an_opinion_or_what_follows_from_one_decides_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "insert into source.raw.codebook__conditions values ('s', 'where', 'relevant', '${began} > 2000')"
    )
    routed.hide(connection)
    found = connection.execute("select question_id from protected.disclosure.asked_of_some order by 1").fetchall()
    assert found == [("began",), ("where",)]


def test_nothing_hidden_nothing_routed(connection: duckdb.DuckDBPyConnection) -> None:
    routed.hide(connection)
    assert hidden(connection) == set()
