"""Dagster's home under data/state, with its telemetry off."""

from __future__ import annotations

from pathlib import Path

from ingest.paths import DataPaths

SETTINGS = """\
telemetry:
  enabled: false
run_coordinator:
  module: dagster
  class: QueuedRunCoordinator
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
