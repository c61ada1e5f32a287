"""SQL's status and the verdict of Great Expectations name the same answers, and a slip of either one is seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from expectations import answers
from expectations.profiles import answer_profile
from expectations.run import judge
from store.paths import DataPaths
from store.warehouse import opened

OUTSIDE = {"code_not_in_list", "not_a_number", "not_a_date", "out_of_range"}
PLACE = ["question_id", "judged_value", "answer_status"]


@pytest.fixture(scope="module")
def connection(built_sample: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(built_sample.warehouse_file, read_only=True) as opened_connection:
        yield opened_connection


def rejected_by_gx(connection: duckdb.DuckDBPyConnection, profile: pd.DataFrame) -> set[tuple[str, str]]:
    """Question and value of each row of the profile that Great Expectations rejects when it sees that row alone."""
    questions = answers.asked_questions(connection)
    rejected = set()
    for _, row in profile.iterrows():
        alone = profile.loc[[row.name]]
        rules = [rule for rule in answers.rules(questions, alone) if rule.check_id == answers.IN_CODEBOOK]
        if rules and not all(verdict.held for verdict in judge(rules, alone)):
            rejected.add((row["question_id"], row["judged_value"]))
    return rejected


def test_both_name_the_same_answers(connection: duckdb.DuckDBPyConnection) -> None:
    profile = answer_profile(connection)
    profile = profile[profile["question_type"].isin(answers.JUDGED_TYPES)]
    by_sql = profile[profile["answer_status"].isin(OUTSIDE)]
    named = set(zip(by_sql["question_id"], by_sql["judged_value"], strict=True))
    assert len(named) == 10, "the sample has answers of each kind"
    assert rejected_by_gx(connection, profile) == named


def test_nothing_is_inapplicable_by_a_question_that_was_not_asked(built_sample: DataPaths, tmp_path: Path) -> None:
    """A constraint may rest on the answer itself: that it is failed stays possible."""
    copied = shutil.copy(built_sample.warehouse_file, tmp_path)
    with opened(Path(copied)) as connection:
        impossible = {each.question_id: each.impossible for each in answers.asked_questions(connection)}
        connection.execute(
            "update raw.codebook__conditions set expression = regexp_replace(expression, '[{]\\w+', '{dropped') "
            "where question_id in ('reason_to_use', 'budget')"
        )
        moved = {each.question_id: each.impossible for each in answers.asked_questions(connection)}
    differences = {name: moved[name] ^ impossible[name] for name in moved if moved[name] != impossible[name]}
    assert differences == {"reason_to_use": {"not_applicable", "answered_but_not_applicable", "not_asked"}}


Slip = tuple[str, str, str, str]
SLIPS: list[Slip] = [
    ("opinion", "En tiedä", "code_not_in_list", "valid"),
    ("opinion", "Eri mieltä", "valid", "code_not_in_list"),
    ("opinion", "Ei vastausta", "declared_missing", "valid"),
    ("opinion", "Eri mieltä", "valid", "declared_missing"),
    ("opinion", "Eri mieltä", "valid", "blank"),
    ("staff", "-999", "declared_missing", "valid"),
    ("staff", "7", "valid", "blank"),
    ("topics", "Puutarha", "code_not_in_list", "valid"),
    ("channels", "web: Puhelin", "code_not_in_list", "valid"),
    ("staff", "101", "out_of_range", "valid"),
    ("staff", "7", "valid", "out_of_range"),
    ("budget", "n. 220", "not_a_number", "valid"),
    ("budget", "1000", "valid", "not_a_number"),
    ("since", "30.2.2020", "not_a_date", "valid"),
    ("since", "1.1.23", "not_a_date", "valid"),
    ("staff", "1.000", "not_a_number", "valid"),
    ("staff", "-999.0", "declared_missing", "out_of_range"),
    ("opinion", "Eri mieltä", "valid", "answered_but_not_applicable"),
    ("opinion", "Eri mieltä", "valid", "constraint_failed"),
    ("opinion", "Eri mieltä", "valid", "not_asked"),
    ("named", "", "blank", "not_applicable"),
    ("since", "31.1.2020", "valid", "not_a_date"),
]


def at_once(slips: Sequence[Slip]) -> list[list[Slip]]:
    """Slips that are judged together: of each question one."""
    nth = [sum(earlier[0] == slip[0] for earlier in slips[:i]) for i, slip in enumerate(slips)]
    return [[slip for slip, n in zip(slips, nth, strict=True) if n == batch] for batch in range(max(nth) + 1)]


@pytest.mark.parametrize("slips", at_once(SLIPS))
def test_a_wrong_status_breaks_the_agreement(connection: duckdb.DuckDBPyConnection, slips: list[Slip]) -> None:
    """That of the question whose answer has it, and of no other."""
    profile = answer_profile(connection)
    for question, value, right, wrong in slips:
        slipped = (profile[PLACE] == [question, value, right]).all(axis=1)
        assert slipped.sum() == 1
        profile.loc[slipped, "answer_status"] = wrong
    rules = answers.rules(answers.asked_questions(connection), profile)
    verdicts = judge([rule for rule in rules if rule.check_id == answers.AGREEMENT], profile)
    broken = {verdict.rule.question_id for verdict in verdicts if not verdict.passed}
    assert broken == {question for question, *_ in slips}
