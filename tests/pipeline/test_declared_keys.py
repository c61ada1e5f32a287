"""The test that marts are as they say: it sees a row that is there twice, a key with a hole and a join to nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from store.paths import DataPaths

CHANGES = {
    "a row that is there twice": ("insert into marts.{table} from marts.{table} limit 1", "key"),
    "a join to nothing": ("update marts.{table} set breakdown_key = 'nowhere' where rowid = 0", "breakdown_key"),
    "another join to nothing": ("update marts.{table} set round_key = 'nowhere' where rowid = 0", "round_key"),
}


@pytest.mark.parametrize("table", ["answer_distribution", "response_rate"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_table_that_is_not_as_it_says_is_seen(
    change: str, table: str, built_sample: DataPaths, tmp_path: Path
) -> None:
    file = Path(shutil.copy(built_sample.warehouse_file, tmp_path))
    statement, seen = CHANGES[change]
    with duckdb.connect(str(file)) as connection:
        test = as_declared(built_sample, table)
        assert connection.execute(test).fetchall() == []
        connection.execute(statement.format(table=table))
        assert [place for place, _ in connection.execute(test).fetchall()] == [seen]


def test_a_key_with_a_hole_is_seen(built_sample: DataPaths) -> None:
    """No table can hold one as it is made: its columns are not to be null."""
    test = as_declared(built_sample, "dim_question")
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.marts")
        connection.execute("create table warehouse.marts.dim_question as select null::varchar as question_key")
        assert connection.execute(test).fetchall() == [("key", 1)]


def as_declared(paths: DataPaths, table: str) -> str:
    """The test of a mart as dbt compiled it."""
    manifest = json.loads((paths.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    (sql,) = [
        node["compiled_code"]
        for node in tests
        if node["test_metadata"]["name"] == "as_declared" and node["attached_node"].endswith(f".{table}")
    ]
    return str(sql)
