"""A warehouse from a data folder, step by step and without Dagster: what the golden tables are made of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from expectations.record import begin_build, record_build, record_history
from orchestration.dagster.dbt import BUILD, RUN_RESULTS, Dbt, read_manifest
from publish.releases import folder
from publish.releases.release import publish
from store import state
from store.paths import DataPaths
from store.warehouse import opened
from tests.loading import load_all
from tests.rendered import teach
from tests.sharing import of_run

WITH_MANIFEST = tuple(each for each in BUILD if each != "--no-write-json")
SAMPLE = Path(__file__).with_name("sample")


def copy_sample(folder: Path) -> DataPaths:
    """The inputs of the sample survey, in `folder`."""
    paths = DataPaths(folder / "data")
    shutil.copytree(SAMPLE, paths.root)
    return paths


def built_once() -> DataPaths:
    """The sample, built by dbt by the first process of the run that asks. Only to be read, or copied."""
    return of_run("built_sample", lambda folder: build(copy_sample(folder.parent)))


def build(paths: DataPaths) -> DataPaths:
    """Everything up to the checks, from the inputs as they lie there."""
    return _build(paths, lambda plan: run_dbt(paths, *WITH_MANIFEST, *plan))


def build_anew(paths: DataPaths) -> DataPaths:
    """The same in a folder without a warehouse, by what dbt made of the sample."""
    return _build(paths, lambda _: make_all(paths))


def make_all(paths: DataPaths) -> None:
    """Every model, and the results of a run that made them all."""
    from tests.pipeline.models import models

    with opened(paths.warehouse_file) as connection:
        teach(connection)
        connection.execute("begin")
        for model in models():
            model.define(connection)
        connection.execute("commit")
    made = read_manifest(None, paths)["nodes"]
    results = {"results": [{"unique_id": key, "status": "success"} for key in made]}
    paths.dbt_target.mkdir(exist_ok=True)
    (paths.dbt_target / RUN_RESULTS).write_text(json.dumps(results), encoding="utf-8")


def _build(paths: DataPaths, run: Callable[[Sequence[str]], None]) -> DataPaths:
    from expectations.suites import check_warehouse  # Great Expectations takes seconds to load

    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        plan = begin_build(connection, paths.dbt_target)
    run(plan)
    with opened(paths.warehouse_file) as connection:
        record_build(connection, read_manifest(None, paths), paths.dbt_target)
        check_warehouse(connection)
    return paths


def build_and_publish(paths: DataPaths) -> DataPaths:
    """A first release of a folder without a warehouse, when the gate lets it through."""
    return publish_built(build_anew(paths))


def publish_built(paths: DataPaths) -> DataPaths:
    """A release of what is built, when the gate lets it through."""
    with opened(paths.warehouse_file) as connection, state.opened(paths) as memory:
        record_history(connection, memory, 1)
    publish(paths, datetime.now(UTC), 1)
    return paths


@contextmanager
def without_pages() -> Iterator[None]:
    """Publishes of this process make no pages, which take most of the time, for tests that look at tables alone. A data
    folder that files share has its pages."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(folder, "page_files", lambda _: iter(()))
        yield


def run_dbt(paths: DataPaths, *arguments: str) -> None:
    """Run dbt as the project does. Fails the test with what dbt said."""
    dbt = Dbt(paths)
    try:
        list(dbt.make(arguments))
    finally:
        dbt.end()
