"""Dagster's home under data/state: its settings, and what becomes of runs that died or are old."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from store.paths import PROJECT_ROOT, DataPaths

if TYPE_CHECKING:
    from dagster import DagsterInstance

SETTINGS = (PROJECT_ROOT / "dagster.yaml").read_text(encoding="utf-8")
DEFINITIONS = "orchestration.definitions"  # also the name by which Dagster remembers schedules, sensor and runs
# What is done once is done again by a retry: the steps of a refresh share a session, which has died with the process.
RETRY_ALL_STEPS = {"dagster/retry_strategy": "ALL_STEPS"}

KEPT = timedelta(days=180)  # half a year, as docs/operating.md tells
FORGOTTEN_AT_ONCE = 50  # the end of a run waits for it


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

    from orchestration.dagster.internals import call_failed

    under_way = RunsFilter(statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING])
    for record in instance.get_run_records(under_way):
        call_failed(instance, record.dagster_run, "Its process ended without a word")


def forget_old_runs(instance: DagsterInstance, now: datetime) -> int:
    """Remove the oldest runs that ended longer than KEPT ago, with their events and logs, and how many they were. What
    is the last word on an asset, a partition or a check stays. Not all at once: nobody waits for this."""
    from dagster import DagsterRunStatus, RunsFilter

    from orchestration.dagster.internals import forget_files, runs_that_are_last

    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    old = instance.get_run_records(RunsFilter(statuses=ended, created_before=now - KEPT), ascending=True)
    last = runs_that_are_last(instance) if old else set()
    forgotten = [run_id for each in old if (run_id := each.dagster_run.run_id) not in last][:FORGOTTEN_AT_ONCE]
    for run_id in forgotten:
        instance.delete_run(run_id)
        forget_files(instance, run_id)
    return len(forgotten)
