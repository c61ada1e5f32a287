"""Dagster's home under data/state, with its telemetry off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.paths import DataPaths

if TYPE_CHECKING:
    from dagster import DagsterInstance

SETTINGS = """\
telemetry:
  enabled: false
freshness:
  enabled: true
nux:
  enabled: false
run_coordinator:
  module: dagster
  class: QueuedRunCoordinator
retention:
  schedule:
    purge_after_days: {skipped: 7, failure: 90, success: 90}
  sensor:
    purge_after_days: {skipped: 7, failure: 90, success: 90}
concurrency:
  runs:
    max_concurrent_runs: 1
"""


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
