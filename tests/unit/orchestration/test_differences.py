"""What a release changed, in a line."""

from __future__ import annotations

import duckdb

from orchestration.commands.differences import said_of_release


def test_a_question_in_two_tables_is_counted_once() -> None:
    """Of real answers a table says only that it differs."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.release as select 1 as compared_with")
        connection.execute(
            "create table marts.release_change as from (values ('answers_changed', 's', '1', 'question_id=a'), "
            "('answers_changed', 's', '1', 'question_id=a'), ('answers_changed', 's', '1', 'question_id=b'), "
            "('value_changed', 's', '2', 'x'), ('value_changed', 's', '2', 'x'), ('row_added', 's', '2', 'y')) "
            'as t (change, survey_id, round_id, "row")'
        )
        said = "2 values changed; 1 row came; 2 questions with real answers that differ, which are not told."
        assert said_of_release(connection) == f"Since release 1: {said}"
