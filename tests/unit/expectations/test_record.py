"""The record of dbt's tests: what a run did not ask has not passed, whatever earlier runs found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.record import begin_build, record_dbt

TEST = "test.kuntakysely.unique_dim_role.1"
MODEL = "model.kuntakysely.dim_role"
MANIFEST = {
    "nodes": {
        MODEL: {"resource_type": "model", "name": "dim_role"},
        "model.kuntakysely.round_checks": {
            "resource_type": "model", "name": "round_checks", "config": {"meta": {"checks": [{"id": "rows_conserved"}]}}
        },
        TEST: {
            "resource_type": "test", "name": "unique_dim_role", "attached_node": MODEL,
            "config": {"severity": "ERROR"}, "depends_on": {"nodes": [MODEL]},
        },
    }
}  # fmt: skip


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute("create schema raw; create schema checks")
    opened.execute("create table raw.ingest__sources as select 'a' as source_file")
    return opened


def run(connection: duckdb.DuckDBPyConnection, target: Path, results: Sequence[dict[str, Any]]) -> None:
    begin_build(connection, target)
    (target / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    (target / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    record_dbt(connection, target)


def status(connection: duckdb.DuckDBPyConnection) -> list[Any]:
    return connection.execute("select status from checks.dbt_results").fetchall()


def test_a_test_that_did_not_run_has_not_passed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    built = {"unique_id": MODEL, "status": "success", "failures": None}
    run(connection, tmp_path, [built, {"unique_id": TEST, "status": "pass", "failures": 0}])
    assert status(connection) == [("pass",)]
    run(connection, tmp_path, [built])
    assert status(connection) == [("not_computable",)]


def test_a_build_that_was_killed_vouches_for_nothing(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run(connection, tmp_path, [{"unique_id": MODEL, "status": "success", "failures": None}])
    assert connection.execute("select n_models, n_models_built from checks.builds").fetchall() == [(2, 1)]
    begin_build(connection, tmp_path)
    record_dbt(connection, tmp_path)
    assert connection.execute("select count(*) from checks.builds").fetchall() == [(0,)]
