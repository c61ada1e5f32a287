"""Checks of drift, privacy and output: the sample in two rounds is sound, and what is altered in a table is seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.dagster.worklist import PERSONAL
from store.builds import plan_build
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import replace
from tests.loading import load_all
from tests.pipeline.build import copy_sample, make_all
from tests.pipeline.models import Model, models
from tests.properties.deliveries import add_round
from tests.rendered import teach

EARLIER, LATER = "2023", "2025"
Outcome = tuple[str, str | None]
CHECKS = ("checks_drift", "checks_privacy", "checks_output")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sample's round, and the same answers again two years later, on a division of their own."""
    paths = copy_sample(tmp_path_factory.mktemp("drift"))
    folder = add_round(paths, LATER)
    replace(
        folder / "round.yml",
        "{opens_on: 2023-02-01, closes_on: 2023-02-28}",
        "{opens_on: 2025-02-01, closes_on: 2025-02-28}",
    )
    replace(folder / "round.yml", "division_date: 2023-01-01", "division_date: 2025-01-01")
    responses = folder / "responses.csv"
    responses.write_text(responses.read_text(encoding="utf-8").replace(".2023 ", ".2025 "), encoding="utf-8")
    shutil.copytree(paths.registry / "2023-01-01", paths.registry / "2025-01-01")
    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        plan_build(connection)
    make_all(paths)
    return paths


@pytest.fixture
def warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """As it was made; nothing that a test does stays there."""
    with opened(paths.warehouse_file) as connection:
        teach(connection)
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def named(name: str) -> Model:
    return next(model for model in models() if model.name == name)


def model_of(check_id: str) -> Model:
    """The model of the check's family."""
    return next(named(name) for name in CHECKS if f"'{check_id}' as check_id" in named(name).code)


def outcome(connection: duckdb.DuckDBPyConnection, model: Model, check_id: str, round_id: str = LATER) -> Outcome:
    """Status and what was observed of a check, judged on the tables as they are now."""
    model.make(connection)
    row = connection.execute(
        f"select status, observed from {model.relation} where check_id = ? and round_id = ? and part_id = 'all'",
        [check_id, round_id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


SOUND = {
    "checks_drift": {
        "share_change": "none of 8",
        "distribution_drift": "none of 5",
        "wording_unchanged": "none of 8",
        "base_jumps_between_rounds": "none of 8",
        "panel_overlap": "6 of 6",
        "response_curve": "6 by day 29, 6 in the round before",
    },
    "checks_privacy": dict.fromkeys(
        ("personal_email", "personal_phone", "personal_identity_code", "personal_iban"), "0"
    ),
    "checks_output": {
        "percent_sums": "198 of 198",
        "bases_present": "838 of 838",
        "cells_complete": "800 of 800",
    },
}


@pytest.mark.parametrize("name", SOUND)
def test_two_sound_rounds_pass(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    found = {check_id: outcome(warehouse, named(name), check_id) for check_id in SOUND[name]}
    assert found == {check_id: ("pass", observed) for check_id, observed in SOUND[name].items()}


WHOLE = "round_id = '2025' and unit = 'response' and breakdown = 'all'"
OPINION, NAMED = "question_id = 'opinion'", "question_id = 'named'"
DRIFT, CELLS, CURVE = "checks.question_drift", "marts.answer_distribution", "marts.response_curve"
SUCCESSORS = "intermediate.int_municipality_successors"
SILENT = (
    "insert into intermediate.int_municipalities_silent by name "
    "select survey_id, round_id, municipality_code from marts.frame_municipality where round_id = '2023'"
)
MERGED = "municipality_code = '001' and division_date = '2023-01-01' and later_division_date = '2025-01-01'"
NOT_COMPUTABLE = ("not_computable", None)
# Check, what is done to a table, status and what is observed.
ALTERED = [
    ("share_change", f"update {DRIFT} set share_p = 0.0099, largest_change = 12.44 where {OPINION}",
     "fail", "opinion: p 0.0099, largest change 12.4 points"),
    ("share_change", f"update {DRIFT} set share_p = 0.01", "pass", "none of 8"),
    ("distribution_drift", f"update {DRIFT} set distribution_p = 0.0019 where {OPINION}",
     "fail", "opinion: exact, p 0.0095"),
    ("distribution_drift", f"update {DRIFT} set distribution_p = 0.002 where {OPINION}", "pass", "none of 5"),
    ("distribution_drift", f"update {DRIFT} set distribution_p = 0.002 where test = 'exact'", "pass", "none of 5"),
    ("wording_unchanged", f"update marts.comparability set comparability = 'broken' where {NAMED}",
     "fail", "named: broken"),
    ("base_jumps_between_rounds", f"update {CELLS} set base_n = base_n - 3 where {NAMED} and {WHOLE}",
     "fail", "named: 90.9 % to 63.6 %"),
    ("base_jumps_between_rounds", f"update {CELLS} set base_n = base_n - 2 where {NAMED} and {WHOLE}",
     "pass", "none of 8"),
    ("base_jumps_between_rounds", "update marts.comparability set comparability = 'broken'", *NOT_COMPUTABLE),
    ("panel_overlap", f"{SILENT} and municipality_code > '002'", "fail", "2 of 6"),
    ("panel_overlap", f"{SILENT} and municipality_code > '003'", "pass", "3 of 6"),
    ("panel_overlap", f"update {SUCCESSORS} set successor_code = '002' where {MERGED}", "pass", "5 of 6"),
    ("panel_overlap", "update raw.codebook__rounds set is_synthetic = 'false' where round_id = '2025'",
     *NOT_COMPUTABLE),
    ("response_curve", f"delete from {CURVE} where round_id = '2025' and n_municipalities_so_far > 4",
     "pass", "4 by day 5, 4 in the round before"),
    ("response_curve", f"update {CURVE} set n_municipalities_so_far = least(4, n_municipalities_so_far) "
     "where round_id = '2025'", "fail", "4 by day 29, 6 in the round before"),
    ("response_curve", f"delete from {CURVE} where round_id = '2023'", *NOT_COMPUTABLE),
    ("percent_sums", f"update {CELLS} set pct_sum100 = pct_sum100 + 1 where {OPINION} and level = 'option' "
     f"and answer_code = 'not' and {WHOLE}", "fail", "197 of 198"),
    ("percent_sums", f"update {CELLS} set pct_sum100 = null where {OPINION} and {WHOLE}", "fail", "197 of 198"),
    ("percent_sums", f"delete from {CELLS}", "pass", "0 of 0"),
    ("bases_present", f"update marts.system_use set base_n = null where system_id = 'unmatched' and {WHOLE}",
     "fail", "837 of 838"),
    ("bases_present", f"update {CELLS} set base_n = 0 where {NAMED} and {WHOLE}", "fail", "836 of 838"),
    ("unreliable_shares", "update raw.codebook__surveys set small_base = '5'", "fail", "88 of 157"),
    ("unreliable_shares", "update raw.codebook__surveys set small_base = '1'", "pass", "0 of 157"),
    ("cells_complete", f"delete from {CELLS} where {NAMED} and answer_code = 'yes' and {WHOLE}", "fail", "799 of 800"),
    ("cells_complete", f"delete from {CELLS} where {NAMED} and round_id = '2025'", "fail", "720 of 800"),
    ("groups_of_one", "update intermediate.int_responses_disposed set role_id = municipality_code", "fail", "2 of 6"),
    ("groups_of_one", "update intermediate.int_responses_disposed set role_id = null", *NOT_COMPUTABLE),
    ("personal_email", "update intermediate.int_questions_in_round set is_asked = false", "not_computable", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("check_id", "sql", "status", "observed"), ALTERED)
def test_what_is_altered_is_seen(
    warehouse: duckdb.DuckDBPyConnection, check_id: str, sql: str, status: str,
    observed: str | None,
) -> None:  # fmt: skip
    warehouse.execute(sql)
    assert outcome(warehouse, model_of(check_id), check_id) == (status, observed)


def test_holm_asks_less_of_the_second_smallest(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Five tests: 0.001 x 5 and 0.0024 x 4 are below 0.01, and no p is below the one before it."""
    warehouse.execute(f"update {DRIFT} set distribution_p = 0.001 where {OPINION}")
    warehouse.execute(f"update {DRIFT} set distribution_p = 0.0011 where {NAMED}")
    warehouse.execute(f"update {DRIFT} set distribution_p = 0.0024 where question_id = 'system_in_use'")
    found = outcome(warehouse, named("checks_drift"), "distribution_drift")
    assert found == ("fail", "named: exact, p 0.0050; opinion: exact, p 0.0050; system_in_use: exact, p 0.0072")


@pytest.mark.parametrize(("moved", "expected"), [("0", ("pass", "0 of 7")), ("1", ("fail", "7 of 7"))])
def test_a_figure_that_would_move_is_seen(warehouse: duckdb.DuckDBPyConnection, moved: str, expected: Outcome) -> None:
    figures = f"select survey_id, round_id, figure_id, cast(computed_value + {moved} as varchar) as computed_value"
    warehouse.execute(
        f"create or replace table raw.release__figures as {figures} from marts.publication_reconciliation"
    )
    assert outcome(warehouse, named("checks_drift"), "frozen_figures", EARLIER) == expected
    assert outcome(warehouse, named("checks_drift"), "frozen_figures", LATER) == NOT_COMPUTABLE


@pytest.mark.parametrize(
    ("check_id", "text"),
    [
        ("personal_email", "maija@example.org"),
        ("personal_phone", "040 1234567"),
        ("personal_identity_code", "131052-308T"),
        ("personal_iban", "FI21 1234 5600 0007 85"),
    ],
)
def test_personal_data_is_counted_and_its_place_told_without_it(
    warehouse: duckdb.DuckDBPyConnection, check_id: str, text: str
) -> None:
    place = "surveys/sample/rounds/2025/responses.csv:3"
    warehouse.execute(
        "update intermediate.int_meanings_judged set raw_value = ? where question_id = 'comment' and answer_id in "
        "(select answer_id from intermediate.int_answers_judged where row_id = ?)",
        [f"Kiitos, {text}.", place],
    )
    named("int_texts_with_personal_data").make(warehouse)
    assert outcome(warehouse, named("checks_privacy"), check_id) == ("fail", "1")
    told = warehouse.execute(PERSONAL).fetchall()
    assert [row[:4] for row in told] == [(place, "Kommentti", "", check_id)]
    assert text not in str(told)
    allowed = json.dumps([text])
    warehouse.execute("update raw.codebook__surveys set allowed_contacts = ?", [allowed])
    named("int_texts_with_personal_data").make(warehouse)
    assert outcome(warehouse, named("checks_privacy"), check_id) == ("pass", "0")


def test_only_answers_that_count_are_searched(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "update intermediate.int_meanings_judged set raw_value = 'maija@example.org', answer_status = 'blank'"
    )
    named("int_texts_with_personal_data").make(warehouse)
    assert outcome(warehouse, named("checks_privacy"), "personal_email") == ("pass", "0")
