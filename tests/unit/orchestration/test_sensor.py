"""What one look of the sensor launches: a run for each changed round, or one for registry and inventory alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster import DagsterInstance, SensorResult, build_sensor_context

from faults.errors import Fault
from ingest.codebook.rounds import round_keys, round_sha256
from ingest.landing.load import LoadResult
from orchestration.dagster import jobs, session
from orchestration.dagster.partitions import rounds_at_fault
from store import state
from store.fingerprint import source_folders, source_sha256
from store.paths import PROJECT_ROOT, DataPaths

KEY = "palvelukysely/2024"


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data folder all of which was read."""
    shutil.copytree(PROJECT_ROOT / "tests" / "broken" / "_base", tmp_path / "data")
    paths = DataPaths.resolve(tmp_path / "data")
    paths.prepare_private()
    read(paths)
    return paths


def read(paths: DataPaths) -> None:
    now = datetime.now(UTC)
    begun = session.Session(paths, 1, None, now.date())
    for source in source_folders(paths):
        begun.note_load(source, LoadResult(n_rows_by_table={source: 1}))
    with state.opened(paths) as memory:
        rounds = [
            state.IngestedFile(now, key, round_sha256(paths, key), "round", None, None, 1) for key in round_keys(paths)
        ]
        state.record_files(memory, rounds)


def launched(paths: DataPaths, cursor: str | None = None) -> tuple[list[tuple[str | None, str | None]], str | None]:
    with DagsterInstance.ephemeral() as instance:
        found = jobs.new_or_changed_round(paths, build_sensor_context(instance, cursor=cursor))
    assert isinstance(found, SensorResult)
    return [(each.job_name, each.partition_key) for each in found.run_requests or []], found.cursor


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize("file", ["registry/population.csv", "registry/2024-01-01/source.yml", "systems/source.yml"])
def test_change_of_registry_or_inventory_launches_one_rebuild(paths: DataPaths, file: str) -> None:
    assert launched(paths)[0] == []
    append(paths.root / file, "\n")
    requests, cursor = launched(paths)
    assert requests == [("rebuild", None)]
    assert launched(paths, cursor)[0] == [], "one run for one change"
    read(paths)
    assert launched(paths)[0] == [], "it was read"


def test_new_division_and_new_inventory_are_one_rebuild(paths: DataPaths) -> None:
    shutil.copytree(paths.registry / "2024-01-01", paths.registry / "2025-01-01")
    append(paths.root / "systems" / "source.yml", "\n")
    assert launched(paths)[0] == [("rebuild", None)]


def test_run_of_a_round_reads_registry_and_inventory_too(paths: DataPaths) -> None:
    append(paths.registry / "population.csv", "\n")
    append(paths.root / "surveys" / KEY.replace("/", "/rounds/") / "recodes.csv", "\n")
    requests, cursor = launched(paths)
    assert requests == [("refresh", KEY)]
    assert launched(paths, cursor)[0] == []


def test_one_source_is_told_from_the_other(paths: DataPaths) -> None:
    assert len({source_sha256(paths, source) for source in source_folders(paths)}) == 3


def refused(paths: DataPaths, *names: str) -> None:
    session.Session(paths, 1, None, datetime.now(UTC).date()).note_refused(names)


def test_what_was_just_refused_is_not_run_again(paths: DataPaths) -> None:
    recodes = paths.root / "surveys" / KEY.replace("/", "/rounds/") / "recodes.csv"
    append(recodes, "\n")
    refused(paths, KEY)
    assert launched(paths)[0] == [], "whoever started the run that was refused"
    append(recodes, "\n")
    assert launched(paths)[0] == [("refresh", KEY)]
    read(paths)
    assert launched(paths)[0] == []


def test_a_round_that_was_refused_is_run_again_when_the_registry_changes(paths: DataPaths) -> None:
    append(paths.root / "surveys" / KEY.replace("/", "/rounds/") / "recodes.csv", "\n")
    refused(paths, KEY)
    append(paths.registry / "population.csv", "\n")
    assert launched(paths)[0] == [("refresh", KEY)]


def test_nothing_is_run_while_the_registry_is_refused(paths: DataPaths) -> None:
    append(paths.root / "surveys" / KEY.replace("/", "/rounds/") / "recodes.csv", "\n")
    append(paths.registry / "population.csv", "\n")
    refused(paths, "registry")
    requests, cursor = launched(paths)
    assert requests == []
    append(paths.registry / "population.csv", "\n")
    assert launched(paths, cursor)[0] == [("refresh", KEY)]


@pytest.mark.parametrize(
    ("file", "at_fault"),
    [
        ("surveys/a/rounds/1/round.yml", ["a/1"]),
        ("surveys/a/rounds/1", ["a/1"]),
        ("surveys/a/questions.csv", ["a/1", "a/10"]),
        ("registry/areas.csv", []),
    ],
)
def test_a_fault_is_of_the_rounds_that_read_its_file(paths: DataPaths, file: str, at_fault: list[str]) -> None:
    fault = Fault("code", paths.shown(paths.root / file), "", "Found.", "Other.", "")
    assert rounds_at_fault(paths, ["a/1", "a/10", "b/1"], [fault]) == at_fault
