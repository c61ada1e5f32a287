"""Disclosure control on a copy of the shipped rounds that is marked as real: nobody finds what is hidden.

The copy is a test's own; the answers stay made up. Each mutant forgets one thing, and the same attacker finds cells.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from publish.disclosure import layout, patterns
from publish.disclosure.counts import Question, RoundCounts
from publish.disclosure.knowledge import Knowledge
from publish.disclosure.pattern import primary
from publish.releases.release import publish
from store.paths import DataPaths
from tests.acceptance.project import copy_data, rows
from tests.attacker import Attack, attack, told_of_hidden
from tests.disclosed.shipped import KOTO, OPINIONS

Intervals = tuple[np.ndarray, np.ndarray]
Solve = Callable[[Question, RoundCounts, Intervals, np.ndarray, patterns.Relations], np.ndarray]
TABLES = ("answer_distribution", "system_use", "number_summary")


@pytest.fixture(scope="session")
def real(shipped_as_real: DataPaths) -> DataPaths:
    return shipped_as_real


def attacked(paths: DataPaths) -> list[Attack]:
    return list(attack(paths.current, paths.surveys))


def test_an_attacker_pins_nothing(real: DataPaths, record_property: Callable[[str, object], None]) -> None:
    begun = time.monotonic()
    found = attacked(real)
    hidden = sum(each.n_hidden for each in found)
    pinned = {each.question_id: each.pinned for each in found if each.pinned}
    assert pinned == {}
    assert hidden > 1000
    told = f"disclosure: {hidden} hidden cells of {len(found)} questions, {sum(map(len, pinned.values()))} pinned"
    record_property("told", f"{told} by an attacker in {time.monotonic() - begun:.0f} s")


def test_no_figure_stands_in_a_hidden_cell(real: DataPaths) -> None:
    assert told_of_hidden(real.current) == []


def test_all_respondents_are_told(real: DataPaths) -> None:
    """By municipality where the count of all by response would tell what few said: print tells so much by size class,
    or few responses stand between the two units. But what few said in texts is not told: people coded 38 of them."""
    sql = "select distinct question_id, cell_status from marts.headline_result where cell_status like 'hidden%'"
    assert rows(real, sql) == [("role_highlights", "hidden_primary")]
    sql = "select distinct question_id from marts.headline_result where unit <> 'response' order by 1"
    by_municipality = (
        "channels", "full_readiness", "practice_themes", "resources_sufficient", "responsibility_clear",
        "transfer_problems",
    )  # fmt: skip
    assert rows(real, sql) == [(question_id,) for question_id in by_municipality]


def test_made_up_answers_are_hidden_as_real_ones_are(real: DataPaths, published: DataPaths) -> None:
    """Where survey.yml says so: what the shipped release tells is what this one tells of the same answers."""
    for table in (*TABLES, "headline_result", "round_change", "answer_status_count", "inhabitant_share"):
        sql = f"select * exclude (is_synthetic) from marts.{table} where survey_id = 'palvelukysely_demo' order by all"
        assert (found := rows(published, sql)) == rows(real, sql), table
        assert found or table in ("system_use", "headline_result"), table


def test_what_is_shown_has_an_interval(real: DataPaths) -> None:
    for table in TABLES[:2]:
        sql = f"""
            select count(*), count(*) filter (ci_low_counts is null or ci_high_counts <= ci_low_counts)
            from marts.{table} where cell_status in ('shown', 'zero') and base_n > 0
        """
        ((n, without),) = rows(real, sql)
        assert (n > 100, without) == (True, 0)


def test_no_error_tells_who_answered_alike_in_a_municipality(real: DataPaths) -> None:
    sql = """
        select unit, count(se) > 0, count(deff) > 0, count(n_conflicts) > 0, count(weighted_share) > 0
        from marts.answer_distribution inner join marts.dim_question using (question_key)
        where disclosure = 'opinion' and breakdown <> 'role' group by unit order by unit
    """
    assert rows(real, sql) == [
        ("municipality", True, True, False, True),
        ("response", False, False, False, True),
    ]


def test_a_share_has_its_base(real: DataPaths) -> None:
    for table in TABLES[:2]:
        assert rows(real, f"select count(*) from marts.{table} where share is not null and base_n is null") == [(0,)]


def test_opinions_are_hidden_and_whatever_is_told_by_what_respondents_say(real: DataPaths) -> None:
    sql = """
        select distinct disclosure, breakdown in ('role', {!r}, {!r}), cell_status like 'hidden%'
        from marts.answer_distribution inner join marts.dim_question using (question_key)
    """
    found = set(rows(real, sql.format(*OPINIONS.values())))
    assert {row for row in found if row[0] == "public_fact"} == {
        ("public_fact", False, False), ("public_fact", True, True)
    }  # fmt: skip
    assert ("opinion", False, True) in found


def test_the_labels(real: DataPaths) -> None:
    sql = "select distinct cell_status from marts.answer_distribution order by 1"
    assert [status for (status,) in rows(real, sql)] == ["hidden_complementary", "hidden_primary", "shown", "zero"]


def test_shares_of_inhabitants_are_told_of_public_facts_only(real: DataPaths) -> None:
    sql = """
        select disclosure, count(inhabitant_share) > 0, count(base_inhabitants) > 0
        from marts.inhabitant_share inner join marts.dim_question using (question_key)
        group by disclosure order by disclosure
    """
    assert rows(real, sql) == [("opinion", False, False), ("public_fact", True, True)]


def test_of_a_hidden_cell_the_print_stands_alone(real: DataPaths) -> None:
    sql = """
        select figures.status, figures.computed_value is null, count(*) > 0
        from marts.publication_reconciliation as figures
        inner join marts.answer_distribution as cells
            on figures.survey_id = cells.survey_id and figures.round_id = cells.round_id
            and figures.question_id = cells.question_id and figures.unit = cells.unit
            and figures.breakdown = cells.breakdown and figures.breakdown_id = cells.breakdown_id
            and figures.level = cells.level and figures.answer = cells.answer_code
        where cells.cell_status like 'hidden%'
        group by all
    """
    assert {(status, is_null) for status, is_null, _ in rows(real, sql)} <= {("match", True), ("not_computable", True)}


def test_checks_say_nothing_of_answers(real: DataPaths) -> None:
    sql = """
        select distinct observed from marts.round_quality
        where check_id in ('dont_know', 'answers_vary', 'options_used', 'answers_agree_within_municipality')
    """
    assert [observed[:8] for (observed,) in rows(real, sql)] == ["not told"]


def test_rounds_of_made_up_answers_are_told_whole(published: DataPaths) -> None:
    """But where survey.yml says otherwise."""
    for table in TABLES:
        hidden = f"select distinct survey_id from marts.{table} where cell_status like 'hidden%'"
        assert set(rows(published, hidden)) <= {("palvelukysely_demo",)}


@pytest.mark.usefixtures("tables_only")
def test_a_round_that_did_not_change_is_not_solved_again(
    real: DataPaths, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = copy_data(real, tmp_path_factory.mktemp("again") / "data")
    monkeypatch.setattr(patterns, "solve", lambda *_: pytest.fail("a pattern was made again"))
    publish(paths, datetime.now(UTC), 1)
    assert rows(paths, "select count(*) from marts.release_change") == [(0,)]


def without_complementary(
    question: Question,
    counts: RoundCounts,
    intervals: Intervals,
    base_hidden: np.ndarray,
    relations: patterns.Relations,
) -> np.ndarray:
    knowledge = Knowledge(
        question, layout.of_round(question.rows, counts.responded), counts.rule, intervals, ~base_hidden, relations
    )
    return np.stack([primary(knowledge), np.zeros_like(question.n)])


def in_parts(solve: Solve, part_of: Callable[[tuple[str, str, str]], object]) -> Solve:
    """Each part of the rows protected as if the others were not published."""

    def solve_apart(
        question: Question, counts: RoundCounts, intervals: Intervals, base_hidden: np.ndarray, _: patterns.Relations
    ) -> np.ndarray:
        found = np.zeros((2, *question.n.shape), dtype=np.int64)
        names = [part_of(row) for row in question.rows]
        for part in dict.fromkeys(names):
            here = np.array([name == part for name in names])
            only = rows_of(question, here)
            bounds = (intervals[0][here], intervals[1][here])
            found[:, here] = solve(only, counts, bounds, base_hidden[here], patterns.NO_RELATIONS)
        return found

    return solve_apart


def rows_of(question: Question, here: np.ndarray) -> Question:
    kept = tuple(row for row, is_here in zip(question.rows, here, strict=True) if is_here)
    grids = {
        name: getattr(question, name)[here]
        for name in ("n", "n_municipalities", "n_responses", "bases", "base_municipalities", "base_responses")
    }
    return Question(
        question.question_id,
        question.kind,
        question.is_partition,
        kept,
        question.answers,
        question.groups,
        **grids,
    )


ASKED_OF_MUTANTS = OPINIONS[KOTO]
MUTANTS: dict[str, Solve] = {
    "no complementary hiding": without_complementary,
    "unions of classes forgotten": in_parts(patterns.solve, lambda row: row[1] == "size_class_group"),
    "the other unit forgotten": in_parts(patterns.solve, lambda row: row[0]),
}


@pytest.mark.usefixtures("tables_only")
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_attacker_finds_what_a_mutant_leaves_open(
    mutant: str, real: DataPaths, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one question; the others are hidden as they were."""
    paths = copy_data(real, tmp_path_factory.mktemp("mutant") / "data")
    key_of = patterns._key

    def key_by_mutant(question: Question, *given: Any) -> str:
        key = key_of(question, *given)
        return f"{key}_mutant" if question.question_id == ASKED_OF_MUTANTS else key

    monkeypatch.setattr(patterns, "_key", key_by_mutant)
    monkeypatch.setattr(patterns, "solve", MUTANTS[mutant])
    publish(paths, datetime.now(UTC), 1)
    assert any(each.pinned for each in attack(paths.current, paths.surveys, only=[ASKED_OF_MUTANTS]))
