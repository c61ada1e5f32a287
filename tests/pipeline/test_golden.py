"""The sample survey through every room, errors included, against its golden tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.paths import DataPaths
from tests.pipeline.build import build, copy_sample, run_dbt
from tests.pipeline.golden import FOLDER, NAMES, TABLES, golden_texts


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return build(copy_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def built(sample: DataPaths) -> dict[str, str]:
    return golden_texts(sample)


@pytest.mark.parametrize("table", NAMES)
def test_golden_table(table: str, built: dict[str, str]) -> None:
    assert built[table] == (FOLDER / f"{table}.csv").read_text(encoding="utf-8")


def test_every_golden_file_is_compared() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(NAMES)


def test_dbt_unit_tests(sample: DataPaths) -> None:
    run_dbt(sample, "test", "--select", "test_type:unit")


def test_arrival_order_changes_nothing(built: dict[str, str], tmp_path: Path) -> None:
    """The same rows the other way round: every table but the places of rows is the same."""
    turned = copy_sample(tmp_path)
    file = turned.surveys / "sample" / "rounds" / "2023" / "responses.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    found = golden_texts(build(turned))
    placeless = set(TABLES) - {"rows_quarantined", "answers_doubtful", "checks"}
    assert {table: found[table] for table in placeless} == {table: built[table] for table in placeless}
