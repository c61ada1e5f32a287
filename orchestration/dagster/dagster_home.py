"""Dagster's home under data/state: its settings, and what becomes of runs that died or are old."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.paths import PROJECT_ROOT, DataPaths

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, JobDefinition

SETTINGS = (PROJECT_ROOT / "dagster.yaml").read_text(encoding="utf-8")
DEFINITIONS = "orchestration.definitions"  # also the name by which Dagster remembers schedules, sensor and runs
# What is done once is done again by a retry: the steps of a refresh share a session, which has died with the process.
RETRY_ALL_STEPS = {"dagster/retry_strategy": "ALL_STEPS"}

KEPT = timedelta(days=180)
FORGOTTEN_AT_ONCE = 50

# The runs behind what Dagster's pages say of an asset, a partition or a check today, however old.
LAST_OF_EACH = """
    select run_id from (
        select run_id, max(id) from event_logs where asset_key is not null
        group by asset_key, partition, dagster_event_type
    )
    union
    select run_id from (
        select run_id, max(id) from asset_check_executions group by asset_key, check_name, partition
    )
    union
    select run_id from (
        select run_id, max(id) from asset_check_executions where execution_status <> 'PLANNED'
        group by asset_key, check_name, partition
    )
"""  # SQLite takes run_id from the row of the max


def prepare_dagster_home(paths: DataPaths) -> Path:
    """Make the folder and its dagster.yaml; the folder. Only one run at a time: there is one warehouse."""
    paths.prepare_private()
    paths.dagster_home.mkdir(exist_ok=True)
    settings = paths.dagster_home / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != SETTINGS:
        settings.write_text(SETTINGS, encoding="utf-8")
    return paths.dagster_home


def end_dead_runs(instance: DagsterInstance) -> None:
    """Call runs failed that Dagster believes to be under way: a killed process cannot say that it ended, and its run
    would hold up the queue for good. To be called by who holds the lock: no other run is alive then."""
    from dagster import DagsterRunStatus, RunsFilter

    under_way = RunsFilter(statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING])
    for record in instance.get_run_records(under_way):
        instance.report_run_failed(record.dagster_run, "Its process ended without a word")


@contextmanager
def runs_of_jobs(instance: DagsterInstance) -> Iterator[None]:
    """Runs that this process makes are of the jobs of our code, like those that a server starts: Dagster's timeline
    shows no others."""
    from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin

    create = instance.create_run_for_job
    code = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(DEFINITIONS), "__repository__")

    def create_of_job(job_def: JobDefinition, **details: Any) -> DagsterRun:
        return create(job_def, remote_job_origin=code.get_job_origin(job_def.name), **details)

    vars(instance)["create_run_for_job"] = create_of_job
    try:
        yield
    finally:
        del vars(instance)["create_run_for_job"]


def forget_old_runs(instance: DagsterInstance, now: datetime) -> int:
    """Remove the oldest runs that ended longer than KEPT ago, with their events and logs, and how many they were. What
    is the last word on an asset, a partition or a check stays. Not all at once: nobody waits for this."""
    from dagster import DagsterRunStatus, RunsFilter

    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    old = instance.get_run_ids(RunsFilter(statuses=ended, created_before=now - KEPT))
    if not old:
        return 0
    events = Path(instance.root_directory) / "history" / "runs"
    with closing(sqlite3.connect(events / "index.db")) as connection:
        last = {run_id for (run_id,) in connection.execute(LAST_OF_EACH)}
    forgotten = [run_id for run_id in reversed(old) if run_id not in last][:FORGOTTEN_AT_ONCE]
    for run_id in forgotten:
        instance.delete_run(run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        for suffix in ("", "-wal", "-shm"):
            (events / f"{run_id}.db{suffix}").unlink(missing_ok=True)
    return len(forgotten)
