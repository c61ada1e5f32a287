"""What Dagster's pages show is described, owned and linked; nothing is offered to be set that nobody may set."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetCheckSpec, AssetSpec, Definitions, Field, asset, define_asset_job

from orchestration.dagster.dagster_home import DEFINITIONS
from orchestration.definitions import defs
from store.environment import DATA
from store.paths import PROJECT_ROOT

DEFS = defs()
WITHOUT_DBT = """
import orchestration.dagster.dbt
orchestration.dagster.dbt.read_manifest = None
import orchestration.definitions
"""


def check_specs(found: Definitions) -> list[AssetCheckSpec]:
    graph = found.resolve_asset_graph()
    return [graph.get_check_spec(key) for key in graph.asset_check_keys]


def undescribed(found: Definitions) -> Iterator[str]:
    """Everything that a page of Dagster shows without a sentence, or an asset or job without an owner."""
    specs, checks = found.resolve_all_asset_specs(), check_specs(found)
    jobs = [job for job in found.resolve_all_job_defs() if not job.name.startswith("__")]
    for each in (*specs, *checks, *jobs, *(found.schedules or ()), *(found.sensors or ())):
        if not each.description:
            yield f"{each} is not described"
    for each in (*specs, *jobs):
        if not each.owners:
            yield f"{each} has no owner"


def linked_files(found: Definitions) -> Iterator[Path]:
    """The files that assets and checks refer to."""
    for each in (*found.resolve_all_asset_specs(), *check_specs(found)):
        for name, value in (each.metadata or {}).items():
            if name == "dagster/code_references":
                yield from (Path(reference.file_path) for reference in value.code_references)
            elif hasattr(value, "path") and name != "results and quality reports":  # they come with the first release
                yield Path(value.path)


def settings(config: Any, place: str = "") -> Iterator[str]:
    """The places of a run's configuration that take a value."""
    fields = getattr(config, "fields", None)
    if fields is None:
        yield place
    for name, each in (fields or {}).items():
        yield from settings(each.config_type, f"{place}/{name}")


def test_all_is_described_and_owned() -> None:
    assert list(undescribed(DEFS)) == []


def test_links_lead_somewhere() -> None:
    linked = set(linked_files(DEFS))
    assert len(linked) > 250, "a model and its page each"
    assert [file for file in linked if not file.exists()] == []


@pytest.mark.parametrize("job", [job.name for job in DEFS.resolve_all_job_defs()])
def test_the_launchpad_offers_nothing(job: str) -> None:
    assert list(settings(DEFS.resolve_job_def(job).run_config_schema.run_config_schema_type)) == []


def test_nothing_is_read_or_made_until_dagster_asks(tmp_path: Path) -> None:
    named = {DATA: str(tmp_path / "data")}
    subprocess.run([sys.executable, "-c", WITHOUT_DBT], cwd=PROJECT_ROOT, env=os.environ | named, check=True)
    assert not [*tmp_path.iterdir()]


def test_what_is_missing_would_be_seen() -> None:
    @asset(config_schema={"rows": Field(int, default_value=3)})
    def plain() -> None: ...

    job = define_asset_job("all", selection=[plain])
    planted = Definitions([plain, AssetSpec("bare")], asset_checks=[], jobs=[job])
    assert len(list(undescribed(planted))) == 6
    assert "/ops/plain/config/rows" in set(
        settings(planted.resolve_job_def("all").run_config_schema.run_config_schema_type)
    )


def test_dagster_finds_the_code_by_the_name_that_it_is_remembered_by() -> None:
    named = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dagster"]
    assert named == {"module_name": DEFINITIONS, "code_location_name": DEFINITIONS}
