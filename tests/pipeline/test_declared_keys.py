"""A table that is not as it says is seen: a row that is there twice, a key with a hole, a join to nothing, no word."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.declared import WordsUnknown, declared_tables, prove_declared
from expectations.results import CheckResult
from orchestration.dagster.dbt import read_manifest
from store.paths import DataPaths

CHANGES = {
    "a row that is there twice": ("insert into marts.{table} from marts.{table} limit 1", "key ({key}): 2"),
    "a join to nothing": (
        "update marts.{table} set breakdown_key = 'nowhere' where rowid = 0",
        "join breakdown_key to dim_breakdown.breakdown_key: 1",
    ),
    "another join to nothing": (
        "update marts.{table} set round_key = 'nowhere' where rowid = 0", "join round_key to dim_round.round_key: 1"
    ),
}  # fmt: skip
OF_OTHERS = {
    "int_responses_disposed": (
        "update intermediate.int_responses_disposed set disposition = 'x' where rowid < 2", "values of disposition: 2"
    ),
    "int_faults_located": (
        "insert into intermediate.int_faults_located by name select 'nowhere' as place", "filled reason: 1"
    ),
    "dim_role": (
        "update marts.dim_role set breakdown_key = (select min(breakdown_key) from marts.dim_role) where rowid = 1",
        "unique breakdown_key: 2",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest(built_sample: DataPaths) -> dict[str, Any]:
    return read_manifest(None, built_sample)


@pytest.fixture
def warehouse(built_sample: DataPaths, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(shutil.copy(built_sample.warehouse_file, tmp_path))


def failed(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> list[CheckResult]:
    found = prove_declared(connection, manifest, manifest["nodes"])
    assert {each.status for each in found} <= {"pass", "fail"}
    return [each for each in found if each.status == "fail"]


@pytest.mark.parametrize("table", ["answer_distribution", "response_rate"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_mart_that_is_not_as_it_says_is_seen(
    change: str, table: str, warehouse: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> None:
    statement, said = CHANGES[change]
    (node,) = [each for each in manifest["nodes"].values() if each["name"] == table]
    assert failed(warehouse, manifest) == []
    warehouse.execute(statement.format(table=table))
    [result] = [each for each in failed(warehouse, manifest) if each.asset == table]  # a view shows what its table has
    assert result.severity == "block"
    assert said.format(key=", ".join(node["config"]["meta"]["key"])) in result.observed.split("; ")
    assert str(result.n_failed) == said.rpartition(" ")[2]


@pytest.mark.parametrize("table", OF_OTHERS)
def test_a_word_of_any_table_is_held_against_its_rows(
    table: str, warehouse: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> None:
    statement, said = OF_OTHERS[table]
    warehouse.execute(statement)
    assert (table, said) in [(each.asset, each.observed) for each in failed(warehouse, manifest)]


def test_a_key_with_a_hole_is_seen() -> None:
    """No mart can hold one as it is made: its columns are not to be null."""
    node = {"name": "t", "schema": "marts", "config": {"meta": {"key": ["a", "b"]}}}
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as a, null as b")
        [result] = failed(connection, {"nodes": {"t": node}})
    assert (result.observed, result.n_failed) == ("key (a, b): 1", 1)


def test_a_word_that_means_nothing_is_no_word() -> None:
    node = {"name": "t", "schema": "marts", "config": {"meta": {"kee": ["a"]}}}
    with pytest.raises(WordsUnknown, match=r"^t says .* kee: .* There are: .*key, "):
        declared_tables({"nodes": {"t": node}})


def test_what_is_null_joins_to_nothing_and_need_not() -> None:
    """Also where the table that it would join to is empty: there SQL's `not in` is true of null."""
    node = {"name": "t", "schema": "marts", "config": {"meta": {"joins": {"area": "dim_area.area"}}}}
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.t as select null::varchar as area")
        connection.execute("create table marts.dim_area as select 'x' as area limit 0")
        assert failed(connection, {"nodes": {"t": node}}) == []
        connection.execute("insert into marts.t values ('nowhere')")
        [result] = failed(connection, {"nodes": {"t": node}})
    assert result.observed == "join area to dim_area.area: 1"
