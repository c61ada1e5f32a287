"""The sample survey through every room, errors included, against its golden tables."""

from __future__ import annotations

import pytest

from store.paths import DataPaths
from tests.pipeline.build import run_dbt
from tests.pipeline.golden import FOLDER, NAMES, golden_texts


@pytest.fixture(scope="module")
def built(built_sample: DataPaths) -> dict[str, str]:
    return golden_texts(built_sample)


@pytest.mark.parametrize("table", NAMES)
def test_golden_table(table: str, built: dict[str, str]) -> None:
    assert built[table] == (FOLDER / f"{table}.csv").read_text(encoding="utf-8")


def test_every_golden_file_is_compared() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(NAMES)


def test_dbt_unit_tests(built_sample: DataPaths) -> None:
    run_dbt(built_sample, "test", "--select", "test_type:unit")
