"""Which rounds a build makes, told from small tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from store.builds import (
    KEPT,
    TO_BUILD,
    begin_batch,
    mark_built,
    n_batches,
    note_tables,
    plan_build,
    rounds_made_last,
    rounds_planned,
)
from store.warehouse import opened

TABLES = """
create table raw.codebook__rounds as
    from (values ('s', '2023'), ('s', '2024'), ('t', '2023')) as t (survey_id, round_id);
create table raw.ingest__loads as select *, 'content' as content_sha256, '100' as n_cells from raw.codebook__rounds;
create table raw.ingest__sources as from (values
    ('registry.csv', null, null, 'r'), ('s/survey.yml', 's', null, 'c'), ('t/survey.yml', 't', null, 'd'),
    ('s/2023/responses.csv', 's', '2023', 'x')) as t (source_file, survey_id, round_id, sha256);
create table marts.kept as select survey_id, round_id, 1 as n from raw.codebook__rounds;
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Three rounds, built and kept."""
    with opened(tmp_path / "warehouse.duckdb") as connection:
        connection.execute(TABLES)
        assert plan_build(connection)
        note_tables(connection, ["marts.kept"])
        mark_built(connection)
        yield connection


def planned(connection: duckdb.DuckDBPyConnection) -> list[str]:
    plan_build(connection)
    rows = connection.execute(f"select survey_id || '/' || round_id from {TO_BUILD} order by 1").fetchall()
    return [key for (key,) in rows]


def test_what_was_built_is_carried_over(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert planned(warehouse) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("update raw.ingest__loads set content_sha256 = 'other' where survey_id = 't'", ["t/2023"]),
        ("update raw.ingest__sources set sha256 = 'other' where source_file = 's/survey.yml'", ["s/2023", "s/2024"]),
        ("update raw.ingest__sources set sha256 = 'other' where survey_id is null", ["s/2023", "s/2024", "t/2023"]),
        ("update marts.kept set n = 2 where survey_id = 't'", ["s/2023", "s/2024", "t/2023"]),
        ("drop table marts.kept", ["s/2023", "s/2024", "t/2023"]),
        (f"delete from {KEPT}", ["s/2023", "s/2024", "t/2023"]),
        ("delete from raw.codebook__rounds where survey_id = 't'", []),
    ],
    ids=["files", "codebook", "registry", "touched", "gone", "never kept", "round gone"],
)
def test_what_differs_is_built(warehouse: duckdb.DuckDBPyConnection, change: str, expected: list[str]) -> None:
    warehouse.execute(change)
    assert planned(warehouse) == expected


def test_only_a_plan_of_all_is_whole(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update raw.ingest__loads set content_sha256 = 'other' where survey_id = 't'")
    assert not plan_build(warehouse)
    warehouse.execute("update raw.ingest__loads set content_sha256 = 'other'")
    assert plan_build(warehouse)


def test_a_build_that_was_not_marked_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update raw.ingest__loads set content_sha256 = 'other' where survey_id = 't'")
    assert planned(warehouse) == planned(warehouse) == ["t/2023"]
    mark_built(warehouse)
    assert planned(warehouse) == []


@pytest.mark.parametrize(
    ("most_cells", "expected"),
    [
        (None, [["s/2023", "s/2024", "t/2023"]]),
        (300, [["s/2023", "s/2024", "t/2023"]]),
        (299, [["s/2023", "s/2024"], ["t/2023"]]),
        (1, [["s/2023"], ["s/2024"], ["t/2023"]]),
    ],
)
def test_many_rounds_are_made_in_batches(
    warehouse: duckdb.DuckDBPyConnection, most_cells: int | None, expected: list[list[str]]
) -> None:
    warehouse.execute("update raw.ingest__loads set content_sha256 = 'other'")
    plan_build(warehouse, most_cells)
    batches = []
    for number in range(n_batches(warehouse)):
        begin_batch(warehouse, number)
        batches.append(sorted(rounds_made_last(warehouse)))
    assert batches == expected
    assert rounds_planned(warehouse) == {"s/2023", "s/2024", "t/2023"}
    mark_built(warehouse)
    assert planned(warehouse) == [], "all batches are built"


def test_without_rounds_to_build_there_is_one_batch(warehouse: duckdb.DuckDBPyConnection) -> None:
    plan_build(warehouse, 1)
    assert (n_batches(warehouse), rounds_made_last(warehouse)) == (1, set())


def test_a_build_of_all_that_ended_between_batches_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    """What was built before stands nowhere any more, though nothing of the inputs has changed."""
    warehouse.execute("update marts.kept set n = 2")
    assert plan_build(warehouse, 1)
    warehouse.execute("delete from marts.kept where round_id <> '2023' or survey_id <> 's'")
    note_tables(warehouse, ["marts.kept"])
    assert planned(warehouse) == ["s/2023", "s/2024", "t/2023"]
