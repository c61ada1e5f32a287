"""What a release changed, in a line; and what two releases differ in, in words."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.commands.differences import describe_release, describe_rows, rows_of

ANSWERS = {("s/1", "group_home", "yes"): (23, 13), ("s/1", "group_home", "no"): (137, 80)}
OF_ALL = "question_key=s/group_home, unit=response, breakdown_key=s/all/all, level=option, answer_code="


def change(table: str, kind: str, row: str, column: str, old: str | None, new: str | None) -> dict[str, str]:
    survey = "all" if table == "dim_county" else "s"
    names = ("table_name", "survey_id", "round_id", "change", "row", "column_name", "old_value", "new_value")
    values = (table, survey, "all" if survey == "all" else "1", kind, row, column, old, new)
    return dict(zip(names, values, strict=True))  # type: ignore[arg-type]


def of_answer(row: str, *values: tuple[str, str, str], table: str = "answer_distribution") -> list[dict[str, str]]:
    return [change(table, "value_changed", row, *each) for each in values]


def in_county(code: str) -> list[dict[str, str]]:
    return of_answer(OF_ALL.replace("all/all", f"county/{code}") + "yes", ("n", "1", "2"), ("share", "0.1", "0.2"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            [*of_answer(f"{OF_ALL}yes", ("n", "22", "23"), ("share", "0.127906", "0.133720")),
             *of_answer(f"{OF_ALL}no", ("n", "138", "137"), ("pct", "81", "80")), *in_county("01"), *in_county("02"),
             *of_answer("question_key=s/group_home, status=blank", ("n", "2", "1"), table="answer_status_count")],
            ["s/1", "  group_home: yes 22 -> 23 (13 %), no 138 -> 137 (80 %), all respondents; 2 rows by county more; "
             "1 row of answer_status_count"],
        ),
        (
            [*of_answer(f"{OF_ALL}yes", ("pct", "12", "13"), ("base_n", "173", "172"))],
            ["s/1", "  group_home: yes 23 (12 -> 13 %), all respondents"],
        ),
        (
            [*of_answer(f"{OF_ALL}yes", ("ci_low", "0.1", "0.2")), *in_county("01")],
            ["s/1", "  group_home: 2 rows by county"],
        ),
        (
            of_answer("question_key=s/staff, unit=response, breakdown_key=s/all/all", ("mean", "3.14159", "3.2"),
                      ("n", "9", "10"), table="number_summary"),
            ["s/1", "  staff: n 9 -> 10, mean 3.14 -> 3.2, all respondents"],
        ),
        (
            [*of_answer("question_key=s/channels, status=blank", ("n", "2", "1"), table="answer_status_count"),
             *of_answer(f"{OF_ALL}yes", ("n", "22", "23"))],
            ["s/1", "  group_home: yes 22 -> 23 (13 %), all respondents", "  channels: 1 row of answer_status_count"],
        ),
        (
            [change("answer_distribution", "answers_changed", "question_id=group_home", "all", None, None)],
            ["s/1", "  group_home: differs; of protected answers no more is told"],
        ),
        (
            [*of_answer("breakdown_key=s/county/01", ("n_responses", "1", "2"), table="response_rate"),
             *of_answer("breakdown_key=s/all/all", ("n_responses", "9", "10"), table="response_rate")],
            ["s/1", "  response_rate: all/all n_responses 9 -> 10; 1 row more"],
        ),
        (
            [change("answer_distribution", "row_added", f"{OF_ALL}yes", "n_rows", "0", "1"),
             change("response_curve", "round_added", "all", "n_rows", "0", "14"),
             change("dim_county", "column_added", "all", "label_no", None, "VARCHAR"),
             change("dim_county", "row_removed", "county_code=01", "n_rows", "1", "0")],
            ["Of no round", "  dim_county: label_no came, 1 row went", "s/1",
             "  group_home: 1 row came in answer_distribution", "  response_curve: 14 rows came"],
        ),
    ],
    ids=["counts", "shares", "errors", "numbers", "figures first", "real answers", "rates", "what came and went"],
)  # fmt: skip
def test_differences_are_said_in_words(changes: list[dict[str, str]], said: list[str]) -> None:
    assert list(describe_rows(rows_of(changes), ANSWERS)) == said


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
        assert describe_release(connection) == f"Since release 1: {said}"
