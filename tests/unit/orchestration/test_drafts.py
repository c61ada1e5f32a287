"""Which rounds a refresh reads while one of them is a draft, and what it says of that one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.commands.refresh import _rounds_to_read
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import replace
from tests.loading import load_all

pytestmark = pytest.mark.slow

READY, DRAFT = "palvelukysely/2024", "palvelukysely/2025"
SAID = (
    "Left out: palvelukysely/2025 is a draft: 2 values wait in columns.csv, round.yml, marked with ?. "
    "`kuntakysely validate palvelukysely/2025` names them."
)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A round that was read, and the draft of another."""
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(PROJECT_ROOT / "tests" / "broken" / "_base", paths.root)
    load_all(paths)
    ready = paths.surveys / "palvelukysely" / "rounds" / "2024"
    draft = shutil.copytree(ready, ready.with_name("2025"))
    replace(draft / "round.yml", 'round_id: "2024"', 'round_id: "2025"')
    replace(draft / "round.yml", "opens_on: 2024-01-08", "opens_on: '?'")
    replace(draft / "columns.csv", "Huomautus,ignored", "Huomautus,?")
    return paths


def test_a_draft_is_left_out_and_told(paths: DataPaths) -> None:
    assert _rounds_to_read(paths, [READY, DRAFT], is_named=False) == ([], [SAID])
    paths.warehouse_file.unlink()
    assert _rounds_to_read(paths, [READY, DRAFT], is_named=False) == ([READY], [SAID])


def test_a_draft_that_is_named_is_read(paths: DataPaths) -> None:
    assert _rounds_to_read(paths, [DRAFT], is_named=True) == ([DRAFT], [])


def test_a_draft_is_read_when_there_is_nothing_else(paths: DataPaths) -> None:
    """Its faults are then what is told."""
    shutil.rmtree(paths.surveys / "palvelukysely" / "rounds" / "2024")
    paths.warehouse_file.unlink()
    assert _rounds_to_read(paths, [DRAFT], is_named=False) == ([DRAFT], [])
