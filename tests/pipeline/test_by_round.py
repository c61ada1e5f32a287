"""A build makes the rounds that changed and carries the others over: what comes of it is what a build of all gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration.dagster import building
from orchestration.dagster.dbt import RUN_RESULTS, read_manifest
from orchestration.dagster.session import Session, refresh_session
from store.builds import KEPT, rounds_as_built, rounds_made_last, rounds_planned
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import replace
from tests.loading import load_all
from tests.pipeline.build import build, build_anew, copy_sample

ROUNDS = Path("surveys/sample/rounds")


def add_round(paths: DataPaths, round_id: str) -> Path:
    """The sample's round again under another name."""
    folder = paths.root / ROUNDS / round_id
    shutil.copytree(paths.root / ROUNDS / "2023", folder)
    replace(folder / "round.yml", 'round_id: "2023"', f'round_id: "{round_id}"')
    return folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """Built; then one round lost its quarantined rows, one is gone, one came between others, and it was built again."""
    paths = copy_sample(tmp_path_factory.mktemp("grown"))
    changed = add_round(paths, "2024")
    for round_id in ("2025", "2027", "2028", "2029"):
        add_round(paths, round_id)
    build_anew(paths)
    replace(changed / "responses.csv", ";999;", ";001;")
    replace(changed / "source.yml", "producer: ", "producer: Another ")
    shutil.rmtree(paths.root / ROUNDS / "2028")
    add_round(paths, "2026")
    return build(paths)


def copy_inputs(paths: DataPaths, folder: Path) -> DataPaths:
    """A data folder in which nothing is built yet."""
    shutil.copytree(paths.root, folder, ignore=shutil.ignore_patterns("warehouse", "state"))
    return DataPaths(folder)


@pytest.fixture(scope="module")
def whole(grown: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The same inputs, built at once."""
    return build_anew(copy_inputs(grown, tmp_path_factory.mktemp("whole") / "data"))


@pytest.fixture(scope="module")
def in_batches(grown: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The same inputs, built from nothing in two batches, as where memory is too small for all rounds at once."""
    paths, said = copy_inputs(grown, tmp_path_factory.mktemp("batches") / "data"), list[str]()
    load_all(paths)
    half = half_of_the_cells(paths)
    with refresh_session(paths, print) as session, pytest.MonkeyPatch.context() as patched:
        patched.setattr(building, "cells_at_once", lambda: half)
        list(building.make_models(session, read_manifest(None, paths), [], is_whole=True, say=said.append))
        session.judge()
    assert said == ["made 1 of 2 batches of 6 rounds"]
    return paths


def test_a_build_that_fails_in_its_second_batch_vouches_for_nothing(grown: DataPaths, tmp_path: Path) -> None:
    """What the first batch left is neither a result of the build nor a build of all models."""
    paths = copy_inputs(grown, tmp_path / "data")
    load_all(paths)
    half, runs, by_dbt = half_of_the_cells(paths), list[Sequence[str]](), building._by_dbt

    def fail_later(session: Session, arguments: Sequence[str]) -> Iterator[str]:
        runs.append(arguments)
        if len(runs) == 2:
            raise RuntimeError("killed")
        yield from by_dbt(session, arguments)

    with refresh_session(paths, print) as session, pytest.MonkeyPatch.context() as patched:
        patched.setattr(building, "cells_at_once", lambda: half)
        patched.setattr(building, "_by_dbt", fail_later)
        with pytest.raises(RuntimeError, match="killed"):
            list(building.make_models(session, read_manifest(None, paths), [], is_whole=True, say=print))
    with opened(paths.warehouse_file, read_only=True) as connection:
        assert connection.execute("select count(*) from checks.builds").fetchall() == [(0,)]
        assert rounds_as_built(connection) == set()
    assert not (paths.dbt_target / RUN_RESULTS).exists()


def half_of_the_cells(paths: DataPaths) -> int:
    with opened(paths.warehouse_file, read_only=True) as connection:
        row = connection.execute("select sum(n_cells::bigint) // 2 from raw.ingest__loads").fetchone()
    assert row is not None
    return int(row[0])


def tables(paths: DataPaths) -> list[str]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        kept = connection.execute(f"select table_name from {KEPT}").fetchall()
        marts = connection.execute("select 'marts.' || table_name from duckdb_tables() where schema_name = 'marts'")
        named = {name for (name,) in [*kept, *marts.fetchall()]}
        return sorted(named | {"checks.gx_results", "checks.round_checks"})


def test_only_the_changed_rounds_were_built(grown: DataPaths) -> None:
    with opened(grown.warehouse_file, read_only=True) as connection:
        built = connection.execute(
            "select distinct round_id from intermediate.int_answers_judged order by 1"
        ).fetchall()
    assert built == [("2024",), ("2026",)]


def differing(paths: DataPaths, whole: DataPaths) -> list[str]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{paths.warehouse_file}' as grown (read_only)")
        connection.execute(f"attach '{whole.warehouse_file}' as whole (read_only)")
        return [table for table in tables(paths) if _n_differences(connection, table)]


def test_every_table_is_what_a_whole_build_gives(grown: DataPaths, whole: DataPaths) -> None:
    assert differing(grown, whole) == []
    assert len(tables(grown)) > 20


def test_so_it_is_when_rounds_are_made_in_batches(in_batches: DataPaths, whole: DataPaths) -> None:
    assert differing(in_batches, whole) == []
    with opened(in_batches.warehouse_file, read_only=True) as connection:
        assert rounds_as_built(connection) == rounds_planned(connection) > rounds_made_last(connection)


def test_rounds_are_compared_with_those_beside_them_now(grown: DataPaths) -> None:
    """Also 2027, which had 2025 before it, and 2029, which had 2028, though they are not built anew."""
    with opened(grown.warehouse_file, read_only=True) as connection:
        compared = connection.execute(
            "select distinct round_id, earlier_round_id from marts.round_change order by all"
        ).fetchall()
    assert compared == [
        ("2024", "2023"),
        ("2025", "2024"),
        ("2026", "2025"),
        ("2027", "2026"),
        ("2029", "2027"),
    ]


def _n_differences(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(
        f"select count(*) from ((from grown.{table} except all from whole.{table}) union all "
        f"(from whole.{table} except all from grown.{table}))"
    ).fetchone()
    assert row is not None
    return int(row[0])
