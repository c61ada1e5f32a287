"""The figures of the release that readers have, as a refresh begins with them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingest.landing.release_figures import TABLE, land_release_figures
from store.paths import DataPaths
from store.warehouse import opened

FIGURES = """
create schema marts;
create table marts.publication_reconciliation as
from (values ('s', '2023', 'f1', 41.5), ('s', '2023', 'f2', null)) as t (survey_id, round_id, figure_id, computed_value)
"""


def landed(paths: DataPaths) -> list[tuple[object, ...]]:
    paths.prepare_private()
    land_release_figures(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(f"from {TABLE}").fetchall()


def publish(paths: DataPaths, sql: str) -> None:
    paths.releases.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(paths.releases / "1.duckdb")) as release:
        release.execute(sql)
    paths.current.symlink_to("releases/1.duckdb")


def test_the_figures_that_the_release_computes_are_landed(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    publish(paths, FIGURES)
    assert landed(paths) == [("s", "2023", "f1", "41.5")]


def test_without_a_release_there_are_none(tmp_path: Path) -> None:
    assert landed(DataPaths(tmp_path)) == []


def test_a_release_of_another_kind_has_none(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    publish(paths, "create table other (n integer)")
    assert landed(paths) == []


def test_a_release_that_went_leaves_none_behind(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    publish(paths, FIGURES)
    assert landed(paths)
    paths.current.unlink()
    assert landed(paths) == []
