"""Dagster's home: what is tried again, and what of its history is forgotten."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckExecutionContext,
    AssetCheckKey,
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    DagsterInstance,
    DagsterRunStatus,
    Definitions,
    Failure,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    define_asset_job,
    in_process_executor,
)

from orchestration.dagster import dagster_home, internals
from orchestration.dagster.dagster_home import (
    DEFINITIONS,
    KEPT,
    RETRY_ALL_STEPS,
    end_dead_runs,
    forget_old_runs,
    prepare_dagster_home,
)
from orchestration.dagster.internals import runs_of_jobs
from store.paths import DataPaths

pytestmark = pytest.mark.slow

ROUNDS = StaticPartitionsDefinition(["a", "b", "c"])


@asset(partitions_def=ROUNDS)
def responses(context: AssetExecutionContext) -> None:
    if "refused" in context.run.tags:
        raise Failure("refused")


@asset(deps=[responses])
def release() -> None:
    """An asset without partitions."""


@asset_check(asset=release)
def sound(context: AssetCheckExecutionContext) -> AssetCheckResult:
    return AssetCheckResult(passed="bad" not in context.run.tags)


DEFS = Definitions(
    assets=[responses, release],
    asset_checks=[sound],
    jobs=[define_asset_job("read", selection=[responses]), define_asset_job("publish", selection=[release])],
    executor=in_process_executor,
)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    """With the settings of the product."""
    home = prepare_dagster_home(DataPaths(tmp_path / "data"))
    with DagsterInstance.from_config(str(home)) as found:
        yield found


def run(instance: DagsterInstance, job: str, partition: str | None = None, *tags: str) -> str:
    done = DEFS.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=partition, tags=dict.fromkeys(tags, "yes"), raise_on_error=False
    )
    return done.run_id


def told(instance: DagsterInstance) -> list[Any]:
    """What Dagster's pages tell of partitions, the asset and its check."""
    log, key, check = instance.event_log_storage, AssetKey("responses"), AssetCheckKey(AssetKey("release"), "sound")
    last = log.get_latest_asset_check_execution_by_key([check])[check]
    event = instance.get_latest_materialization_event(AssetKey("release"))
    failed = log.get_latest_asset_partition_materialization_attempts_without_materializations(key)
    return [
        log.get_materialized_partitions(key),
        sorted(failed),
        [run_id for run_id, _ in failed.values() if instance.has_run(run_id)],
        event and event.run_id,
        last.run_id,
        last.status,
    ]


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home with its runs, by name: one partition read twice, one once and one in vain, three releases."""
    home = prepare_dagster_home(DataPaths(tmp_path_factory.mktemp("half_a_year") / "data"))
    with DagsterInstance.from_config(str(home)) as instance:
        names = {
            "a first": run(instance, "read", "a"),
            "b first": run(instance, "read", "b"),
            "first release": run(instance, "publish"),
            "a again": run(instance, "read", "a"),
            "c refused": run(instance, "read", "c", "refused"),
            "came to nothing": instance.create_run_for_job(
                DEFS.resolve_job_def("publish"), status=DagsterRunStatus.FAILURE
            ).run_id,
            "second release": run(instance, "publish", None, "bad"),
            "third release": run(instance, "publish", None, "bad"),
        }
        names["under way"] = instance.create_run_for_job(
            DEFS.resolve_job_def("read"), status=DagsterRunStatus.STARTED
        ).run_id
        assert told(instance)[:2] == [{"a", "b"}, ["c"]]
    return home, names


@pytest.fixture
def lived(half_a_year: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[tuple[DagsterInstance, dict[str, str]]]:
    home, names = half_a_year
    shutil.copytree(home, tmp_path / "lived")
    with DagsterInstance.from_config(str(tmp_path / "lived")) as instance:
        yield instance, names


def half_a_year_later() -> datetime:
    return datetime.now(UTC) + KEPT + timedelta(minutes=1)


def test_old_runs_are_forgotten_and_the_last_of_each_are_not(
    lived: tuple[DagsterInstance, dict[str, str]], record_property: Callable[[str, Any], None]
) -> None:
    instance, names = lived
    home, before = Path(instance.root_directory), told(instance)
    assert forget_old_runs(instance, datetime.now(UTC)) == 0, "none is old yet"
    forgotten = forget_old_runs(instance, half_a_year_later())
    kept = {name for name, run_id in names.items() if instance.has_run(run_id)}
    assert kept == {"b first", "a again", "c refused", "third release", "under way"}
    assert forgotten == len(names) - len(kept)
    assert told(instance) == before
    gone = [run_id for name, run_id in names.items() if name not in kept]
    assert not [path for run_id in gone for path in home.rglob(f"*{run_id}*")], "their logs are gone too"
    assert forget_old_runs(instance, half_a_year_later()) == 0
    record_property("tried", ["old runs of Dagster", "forgotten", forgotten])
    record_property("tried", ["old runs of Dagster", "kept as the last of their kind", len(kept)])


def test_the_oldest_go_first_and_not_all_at_once(
    lived: tuple[DagsterInstance, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, names = lived
    monkeypatch.setattr(dagster_home, "FORGOTTEN_AT_ONCE", 1)
    assert forget_old_runs(instance, half_a_year_later()) == 1
    assert [instance.has_run(names[name]) for name in ("a first", "second release")] == [False, True]


def test_forgetting_the_last_ones_would_be_seen(
    lived: tuple[DagsterInstance, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant keeps nothing for the pages."""
    monkeypatch.setattr(internals, "LAST_OF_EACH", "select run_id from event_logs where false")
    with pytest.raises(AssertionError):
        test_old_runs_are_forgotten_and_the_last_of_each_are_not(lived, lambda *_: None)


def will_retry(instance: DagsterInstance, run_id: str) -> str | None:
    found = instance.get_run_by_id(run_id)
    assert found is not None and found.status == DagsterRunStatus.FAILURE
    return found.tags.get("dagster/will_retry")


def test_a_run_that_dies_is_tried_again_and_one_that_is_refused_is_not(instance: DagsterInstance) -> None:
    dead = instance.create_run_for_job(DEFS.resolve_job_def("publish"), status=DagsterRunStatus.STARTED)
    end_dead_runs(instance)
    assert will_retry(instance, dead.run_id) == "true"
    assert will_retry(instance, run(instance, "read", "c", "refused")) == "false"


def test_a_retry_of_everything_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: Dagster's own setting, which tries again whatever failed."""
    setting = "retry_on_asset_or_op_failure: false"
    assert setting in dagster_home.SETTINGS
    monkeypatch.setattr(
        dagster_home, "SETTINGS", dagster_home.SETTINGS.replace(setting, setting.replace("false", "true"))
    )
    home = prepare_dagster_home(DataPaths(tmp_path / "mutant"))
    with DagsterInstance.from_config(str(home)) as instance, pytest.raises(AssertionError):
        test_a_run_that_dies_is_tried_again_and_one_that_is_refused_is_not(instance)


def test_a_run_of_the_command_line_is_one_of_the_job(instance: DagsterInstance) -> None:
    """Dagster's timeline asks each run which job of which code it is of."""
    with runs_of_jobs(instance, DEFINITIONS):
        of_job = instance.get_run_by_id(run(instance, "publish"))
    of_nothing = instance.get_run_by_id(run(instance, "publish"))
    assert of_job and of_job.remote_job_origin and of_nothing
    assert (of_job.remote_job_origin.location_name, of_job.remote_job_origin.job_name) == (DEFINITIONS, "publish")
    assert of_nothing.remote_job_origin is None, "only while it is asked for"


def test_settings_are_those_that_dagster_runs_with(instance: DagsterInstance) -> None:
    assert instance.run_retries_enabled and instance.run_retries_max_retries == 2
    assert instance.run_monitoring_enabled
    timeouts = (instance.run_monitoring_start_timeout_seconds, instance.run_monitoring_cancel_timeout_seconds)
    assert (*timeouts, instance.run_monitoring_max_runtime_seconds) == (300, 180, 6 * 3600)
    assert instance.run_monitoring_max_resume_run_attempts == 0, "the default launcher cannot resume"


def test_every_job_is_begun_anew_by_a_retry() -> None:
    from orchestration.definitions import defs

    jobs = [defs().resolve_job_def(name) for name in ("refresh", "ingest_round", "rebuild")]
    assert all(job.run_tags.items() >= RETRY_ALL_STEPS.items() for job in jobs)
