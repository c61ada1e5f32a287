"""Each model alone on Spark, on the tables that DuckDB made: the same rows. `make test-spark` runs it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from pyspark.sql import SparkSession

from expectations.record import begin_build
from orchestration.dagster.dbt import BUILD
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.loading import load_all
from tests.pipeline.build import run_dbt
from tests.planted.base import Survey, write_registry
from tests.planted.faults import FAULTS, SOUND
from tests.spark.engine import Outcome, changed_project, compare, compiled, lend, session

FOLLOW_UP = PROJECT_ROOT / "tests" / "follow_up"
SURVEY = Path("surveys/koto_kuntakysely")
EVERY = 4  # of the planted faults: a survey each, and Spark's cost is by condition
# Slips in macros of Spark, and the table that differs then.
SLIPS = {
    "int_answer_shares": (") div (", ") / ("),
    "int_answers_combined": ("array_sort(collect_set({{ value }}))", "collect_set(upper(cast({{ value }} as string)))"),
    "stg_codebook__surveys": ("except ({{ columns | join(', ') }})", "except ({{ columns[1:] | join(', ') }})"),
}
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    started = session(tmp_path_factory.mktemp("spark"))
    yield started
    started.stop()


def follow_up(paths: DataPaths) -> None:
    """The shipped data with a later round on another division."""
    for name in ("surveys", "registry", "systems", "practices"):
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)
    shutil.copytree(FOLLOW_UP / "2025-02", paths.root / SURVEY / "rounds" / "2025-02")
    shutil.copy(FOLLOW_UP / "comparability.csv", paths.root / SURVEY)


def planted(paths: DataPaths) -> None:
    """Surveys with a fault each, and a sound one of two rounds."""
    write_registry(paths)
    sound = Survey("clean")
    sound.with_earlier_round()
    sound.write(paths)
    for fault in list((FAULTS | SOUND).values())[::EVERY]:
        survey = Survey(fault.check_id)
        fault.plant(survey)
        survey.write(paths)


def build(paths: DataPaths) -> DataPaths:
    """By DuckDB, every model."""
    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        plan = begin_build(connection, paths.dbt_target)
    run_dbt(paths, *BUILD, "--exclude-resource-type", "test", *plan)
    return paths


@pytest.fixture(scope="module", params=[follow_up, planted], ids=lambda fill: fill.__name__)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths(tmp_path_factory.mktemp("built") / "data")
    request.param(paths)
    return build(paths)


@pytest.fixture
def warehouse(built: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.warehouse_file), read_only=True) as connection:
        yield connection


def compared(
    spark: SparkSession, warehouse: duckdb.DuckDBPyConnection, sql: dict[str, str], folder: Path
) -> list[Outcome]:
    return [compare(spark, warehouse, name, each, folder) for name, each in sql.items()]


def test_each_model_alone_makes_the_same_rows(
    spark: SparkSession,
    built: DataPaths,
    warehouse: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    record_property: Record,
    request: pytest.FixtureRequest,
) -> None:
    """And with a slip in a macro of Spark other ones."""
    lend(spark, warehouse, tmp_path)
    found = compared(spark, warehouse, compiled(built, tmp_path / "target"), tmp_path)
    for outcome, n in Counter(each.outcome for each in found).items():
        record_property("tried", [f"models on Spark, {request.node.callspec.id}", outcome, n])
    for each in found:
        if each.outcome != "exact":
            record_property("told", str(each))
    assert [str(each) for each in found if each.outcome == "different"] == []
    assert len(found) > 100

    project = changed_project(tmp_path, dict(SLIPS.values()))
    slipped = compared(spark, warehouse, compiled(built, tmp_path / "slipped", *SLIPS, project=project), tmp_path)
    assert {each.name.partition(".")[2] for each in slipped if each.outcome == "different"} == {*SLIPS}
