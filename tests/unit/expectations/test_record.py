"""The record of a build: a table that it did not make is not as it says, whatever earlier builds found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.record import begin_build, record_build, record_history
from store import state
from store.paths import DataPaths

MODEL = "model.kuntakysely.dim_role"
MANIFEST = {
    "nodes": {
        MODEL: {
            "resource_type": "model", "name": "dim_role", "schema": "marts", "config": {"meta": {"key": ["role_id"]}}
        },
        "model.kuntakysely.checks_rows": {
            "resource_type": "model", "name": "checks_rows", "schema": "checks",
            "config": {"meta": {"checks": [{"id": "rows_conserved"}]}},
        },
    }
}  # fmt: skip
BUILT = {"unique_id": MODEL, "status": "success"}


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute("create schema raw; create schema checks; create schema marts")
    opened.execute("create table marts.dim_role as select 'other' as role_id")
    opened.execute("create table raw.ingest__sources as select 'a' as source_file")
    return opened


def run(connection: duckdb.DuckDBPyConnection, target: Path, results: Sequence[dict[str, Any]]) -> None:
    begin_build(connection, target)
    (target / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    record_build(connection, MANIFEST, target)


def status(connection: duckdb.DuckDBPyConnection) -> list[Any]:
    return connection.execute("select status, observed from checks.declared_results").fetchall()


def test_a_table_that_was_not_built_has_not_passed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run(connection, tmp_path, [BUILT])
    assert status(connection) == [("pass", "none")]
    run(connection, tmp_path, [BUILT | {"status": "skipped"}])
    assert status(connection) == [("not_computable", "not built")]


def test_a_build_that_was_killed_vouches_for_nothing(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run(connection, tmp_path, [BUILT])
    assert connection.execute("select n_models, n_models_built from checks.builds").fetchall() == [(2, 1)]
    begin_build(connection, tmp_path)
    record_build(connection, MANIFEST, tmp_path)
    assert connection.execute("select count(*) from checks.builds").fetchall() == [(0,)]


def refresh(connection: duckdb.DuckDBPyConnection, folder: Path, status: str) -> None:
    """One refresh: a check has a result, and the warehouse gets its history."""
    now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    with state.opened(DataPaths(folder)) as memory:
        refresh_id = state.begin_refresh(memory, now, "fp")
        outcome = state.CheckOutcome("koto", "2023-01", "late", status, "2", 2)
        state.record_checks(memory, refresh_id, now, [outcome])
        record_history(connection, memory, refresh_id)


def history(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute("select refresh_id, status from checks.history order by all").fetchall()


def test_history_grows_with_each_refresh(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for status in ("fail", "fail", "pass"):
        refresh(connection, tmp_path, status)
    assert history(connection) == [(1, "fail"), (2, "fail"), (3, "pass")]
    [row] = connection.execute("from checks.history where refresh_id = 1").fetchall()
    assert row == (1, "koto", "2023-01", "late", "fail", "2", 2, "2026-11-22T06:00:00.000000+00:00")


def test_history_survives_a_deleted_warehouse(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    refresh(connection, tmp_path, "fail")
    connection.execute("drop table checks.history")
    refresh(connection, tmp_path, "pass")
    assert history(connection) == [(1, "fail"), (2, "pass")]


def test_history_is_that_of_the_state_when_the_state_began_anew(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for _ in range(2):
        refresh(connection, tmp_path / "old", "fail")
    refresh(connection, tmp_path / "new", "pass")
    assert history(connection) == [(1, "pass")]
