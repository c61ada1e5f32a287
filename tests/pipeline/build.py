"""A warehouse from a data folder, step by step and without Dagster: what the golden tables are made of."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from expectations.record import begin_build, record_build, record_history
from expectations.suites import check_warehouse
from orchestration.dagster.dbt import BUILD, Dbt, read_manifest
from publish.releases.release import publish
from store import state
from store.paths import DataPaths
from store.warehouse import opened
from tests.loading import load_all

SAMPLE = Path(__file__).with_name("sample")


def copy_sample(folder: Path) -> DataPaths:
    """The inputs of the sample survey, in `folder`."""
    paths = DataPaths(folder / "data")
    shutil.copytree(SAMPLE, paths.root)
    return paths


def build(paths: DataPaths) -> DataPaths:
    """Everything up to the checks, from the inputs as they lie there."""
    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        plan = begin_build(connection, paths.dbt_target)
    run_dbt(paths, *BUILD, *plan)
    with opened(paths.warehouse_file) as connection:
        record_build(connection, read_manifest(None, paths), paths.dbt_target)
        check_warehouse(connection)
    return paths


def build_and_publish(paths: DataPaths) -> DataPaths:
    """The release too, when the gate lets it through."""
    build(paths)
    with opened(paths.warehouse_file) as connection, state.opened(paths) as memory:
        record_history(connection, memory, 1)
    publish(paths, datetime.now(UTC), 1)
    return paths


def run_dbt(paths: DataPaths, *arguments: str) -> None:
    """Run dbt as the project does. Fails the test with what dbt said."""
    dbt = Dbt(paths)
    try:
        list(dbt.make(arguments))
    finally:
        dbt.end()
