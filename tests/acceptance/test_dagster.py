"""Dagster's side: definitions load, one mart alone, checks in the event log, schedules and the sensor."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime

import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterInstance,
    DagsterRunStatus,
    RunRequest,
    SensorResult,
    build_schedule_context,
    build_sensor_context,
)

from orchestration.dagster.unchanged import release_if_unchanged
from store.fingerprint import made_of
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import (
    ROUND,
    dagster,
    materialize,
    replace,
    rows,
    run,
    run_of_schedule,
    touch_round,
)

LAST_STEP_OF_A_SCHEDULE = """
from dagster import AssetKey, DagsterInstance
from orchestration.definitions import defs

with DagsterInstance.get() as instance:
    defs().resolve_job_def("rebuild").execute_in_process(
        instance=instance,
        asset_selection=[AssetKey("published_release")],
        tags={"dagster/schedule_name": "registry_every_month"},
    )
"""


@pytest.fixture
def instance(fresh: DataPaths) -> DagsterInstance:
    return DagsterInstance.from_config(str(fresh.dagster_home))


def test_definitions_validate(published: DataPaths) -> None:
    done = dagster(published, "definitions", "validate")
    assert done.returncode == 0, done.stdout


def evaluations(paths: DataPaths) -> list[AssetCheckEvaluation]:
    """The results of checks in the log of the last run."""
    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        run = instance.get_run_records(limit=1)[0].dagster_run
        return [
            event.dagster_event.asset_check_evaluation_data
            for event in instance.all_logs(run.run_id)
            if event.dagster_event and event.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
        ]


def test_checks_are_in_the_event_log(published: DataPaths) -> None:
    found = evaluations(published)
    named = {(each.asset_key.to_user_string(), each.check_name) for each in found if each.partition is None}
    assert ("marts/answer_distribution", "expectations") in named
    assert ("intermediate/int_answers_judged", "expectations_can_fail") in named
    assert ("raw/registry", "expectations_municipalities") in named
    assert ("staging/stg_ingest__sources", "source_matches_card") in named
    assert sum(name == "as_declared" for _, name in named) > 100, "what tables say of themselves"
    failed = [each for each in found if not each.passed]
    assert {"figures_right_in_print", "rows_empty_row"} <= {each.check_name for each in failed}
    assert {each.severity for each in failed} == {AssetCheckSeverity.WARN}, "the gate that fails is accepted"


def test_each_round_has_its_checks_on_its_partition(published: DataPaths) -> None:
    """As many as were made of it; those of the questions are one. The release does not tell all of a protected one."""
    found = [each for each in evaluations(published) if each.partition]
    assert {each.asset_key.to_user_string() for each in found} == {"raw/responses"}
    with opened(published.warehouse_file, read_only=True) as connection:
        recorded = connection.execute(
            "select survey_id || '/' || round_id, split_part(check_id, '.', 1), bool_and(status <> 'fail') "
            "from checks.results where survey_id <> 'all' group by all"
        ).fetchall()
    assert len(recorded) > 50
    assert {(each.partition, each.check_name, each.passed) for each in found} == set(recorded)


def test_checks_of_a_round_that_was_not_built_stand(published_twice: DataPaths) -> None:
    """Two rounds are new and one has changed: the partition of the round that is as it was has no new results."""
    assert {each.partition for each in evaluations(published_twice) if each.partition} == {
        "koto_kuntakysely/2023-02",
        "koto_kuntakysely/2023-03",
        "owal_tyovoiman_ulkopuolella/2020",
    }


def test_rounds_read_in_a_backfill_have_their_checks(fresh: DataPaths) -> None:
    """Two rounds read without a build: checks are told of the one that is as it was built, not of the changed one."""
    same, changed = "owal_tyovoiman_ulkopuolella/2020", "koto_kuntakysely/2023-01"
    touch_round(fresh)
    done = materialize(fresh, "raw/responses", partitions=f"{changed}...{same}")
    assert done.returncode == 0, done.stdout
    found = [each for each in evaluations(fresh) if each.partition]
    assert {each.partition for each in found} == {same}
    failing = rows(fresh, "select check_id from marts.round_quality where status = 'fail' and round_id = '2020'")
    assert {each.check_name for each in found if not each.passed} == {check_id for (check_id,) in failing} != set()


def launched(
    paths: DataPaths, instance: DagsterInstance, cursor: str | None = None
) -> tuple[list[str | None], str | None]:
    """The rounds that one look of the sensor launches runs for, and its cursor after it."""
    from orchestration.dagster.jobs import new_or_changed_round

    found = new_or_changed_round(paths, build_sensor_context(instance, cursor=cursor))
    assert isinstance(found, SensorResult)
    return [request.partition_key for request in found.run_requests or []], found.cursor


def test_the_sensor_waits_until_a_draft_is_decided(fresh: DataPaths, instance: DagsterInstance) -> None:
    draft = fresh.root / ROUND.with_name("2024-01")
    shutil.copytree(fresh.root / ROUND, draft)
    replace(draft / "round.yml", 'round_id: "2023-01"', "round_id: 2024-01")
    replace(draft / "round.yml", "is_synthetic: true", "is_synthetic: '?'")
    keys, cursor = launched(fresh, instance)
    assert keys == []
    replace(draft / "round.yml", "is_synthetic: '?'", "is_synthetic: true")
    assert launched(fresh, instance, cursor)[0] == ["koto_kuntakysely/2024-01"]


def test_the_sensor_is_quiet_until_a_round_changes(fresh: DataPaths, instance: DagsterInstance) -> None:
    """From A to B and back, and to B again: each time once, as soon as what is there is not what was read."""
    recodes = fresh.root / ROUND / "recodes.csv"
    as_read = recodes.read_bytes()
    assert launched(fresh, instance)[0] == []
    recodes.write_bytes(as_read + b"case_system_name,Jokin muu,uma\n")
    keys, cursor = launched(fresh, instance)
    assert keys == ["koto_kuntakysely/2023-01"]
    keys, cursor = launched(fresh, instance, cursor)
    assert keys == [], "one run for one change"
    recodes.write_bytes(as_read)
    keys, cursor = launched(fresh, instance, cursor)
    assert keys == [], "it is as it was read"
    recodes.write_bytes(as_read + b"case_system_name,Jokin muu,uma\n")
    assert launched(fresh, instance, cursor)[0] == ["koto_kuntakysely/2023-01"]


def test_a_scheduled_run_of_what_has_not_changed_publishes_nothing(fresh: DataPaths) -> None:
    """Of what has changed it publishes: the last step alone shows it, on the warehouse that the run has checked."""
    done = run_of_schedule(fresh, "rebuild", "registry_every_month")
    assert done.returncode == 0, done.stdout
    assert rows(fresh, "select number from marts.release") == [(1,)]
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)), "the next refresh has nothing to do either"
    replace(fresh.registry / "areas.csv", "City of Helsinki,", "The City of Helsinki,")
    done = run(fresh, [sys.executable, "-c", LAST_STEP_OF_A_SCHEDULE])
    assert done.returncode == 0, done.stdout
    assert rows(fresh, "select number from marts.release") == [(2,)]


def test_a_killed_run_does_not_hold_up_the_queue(instance: DagsterInstance) -> None:
    from orchestration.dagster.dagster_home import end_dead_runs
    from orchestration.definitions import defs

    with instance:
        dead = instance.create_run_for_job(defs().resolve_job_def("rebuild"), status=DagsterRunStatus.STARTED)
        end_dead_runs(instance)
        found = instance.get_run_by_id(dead.run_id)
    assert found is not None
    assert found.status == DagsterRunStatus.FAILURE


@pytest.mark.parametrize(
    ("day", "n_runs"), [("2022-12-19", 0), ("2022-12-20", 1), ("2023-01-13", 1), ("2023-01-14", 0)]
)
def test_the_morning_schedule_runs_while_the_field_is_open(
    fresh: DataPaths, instance: DagsterInstance, day: str, n_runs: int
) -> None:
    from orchestration.dagster.jobs import every_morning_in_the_field

    at_six = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
    requests = every_morning_in_the_field(fresh, build_schedule_context(instance, scheduled_execution_time=at_six))
    assert sum(isinstance(request, RunRequest) for request in requests) == n_runs


def test_schedules_are_on_and_local() -> None:
    from orchestration.definitions import defs

    every = {s.name: (s.cron_schedule, s.execution_timezone) for s in defs().schedules or []}
    assert every == {
        "every_morning_in_the_field": ("0 6 * * *", "Europe/Helsinki"),
        "registry_every_month": ("0 5 1 * *", "Europe/Helsinki"),
    }
