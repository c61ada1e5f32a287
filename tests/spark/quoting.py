"""What people wrote stays in the private folder, whatever Spark says and writes. `make test-spark` runs it; it needs
Java."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.dagster.dbt import SAID
from store.paths import DataPaths
from tests.acceptance.project import copy_project, kuntakysely, replace
from tests.acceptance.test_personal_data import SLIP, assert_silent
from tests.canaries import CANARIES, copy_planted, found_in, written_inside


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """One round with canaries."""
    return copy_planted(tmp_path_factory.mktemp("planted") / "data")


def test_what_spark_says_of_an_answer_stays_in_the_private_folder(
    planted: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is no number is refused, not made null; Spark quotes it, and pyspark prints the statement, on the
    error output."""
    project, outside = copy_project(tmp_path / "project"), tmp_path / "temporary"
    outside.mkdir()
    monkeypatch.setenv("TMPDIR", str(outside))
    replace(project / SLIP[0], SLIP[1], SLIP[2].replace("varchar", "string"))
    done = kuntakysely(planted, "refresh", "--engine", "spark", project=project)
    assert done.returncode == 1, done.stdout
    assert CANARIES["text"] in (planted.dbt_target / SAID).read_text(encoding="utf-8")
    assert_silent(planted, [done.stdout, kuntakysely(planted, "status").stdout])
    assert list(found_in(file for folder in (outside, project) for file in folder.rglob("*") if file.is_file())) == []


def test_what_spark_writes_lies_in_the_private_folder(planted: DataPaths) -> None:
    """Every text is in the lake, and in no file beside it."""
    done = kuntakysely(planted, "refresh", "--engine", "spark")
    assert done.returncode == 0, done.stdout
    assert_silent(planted, [done.stdout])
    in_lake = [file for file in written_inside(planted) if planted.lake in file.parents]
    assert {canary for _, canary in found_in(in_lake)} == {*CANARIES.values()} - {CANARIES["email"]}
