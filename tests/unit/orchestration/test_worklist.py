"""What a person is shown after a refresh: places and advice, and no value that a respondent gave."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.dagster import worklist
from orchestration.dagster.worklist import NOT_REPRODUCED, SHOWN, ToLookAt, describe_new
from store.paths import DataPaths
from store.warehouse import opened


def test_a_figure_that_could_not_be_computed_is_a_finding() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_round as select 's' as survey_id, 'r' as round_id")
        connection.execute(
            "create table marts.publication_reconciliation as select * from (values "
            "('s', 'r', 'f1', 2.0::decimal(18, 3), null::decimal(18, 3), 'not_computable', null), "
            "('s', 'r', 'f2', 2.0, 2.0, 'match', 'as printed'), "
            "('s', 'before', 'f3', 2.0, null, 'not_computable', 'no such round')"
            ") as t (survey_id, round_id, figure_id, published_value, computed_value, status, explanation)"
        )
        found = connection.execute(NOT_REPRODUCED).fetchall()
    assert found == [("surveys/s/published_figures.csv", "f1", "", "not_computable", "expected 2.000")]


def test_values_are_not_told(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    typed = ToLookAt("r.csv:2", "the row", "matti@example.fi", "unknown_municipality", '"matti@example.fi" is no code')
    code = ToLookAt("r.csv:3", "the row", "999", "unknown_municipality", 'municipality "999" is not there')
    lines = list(describe_new([typed, code], paths))
    assert lines == [
        "data/r.csv:2, the row: unknown_municipality; as given is no code.",
        'data/r.csv:3, the row: unknown_municipality; municipality "999" is not there.',
        "2 in all, 2 of them new; with the values found: data/warehouse/private/findings.csv (private)",
    ]
    assert len(list(describe_new([code] * 100, paths))) == SHOWN + 1
    assert list(describe_new([], paths)) == []


def test_what_was_found_before_is_a_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a spreadsheet would run the value, and where it holds quotes, commas and ends of lines."""
    paths, query = DataPaths(tmp_path / "data"), "select '{}', 'c', '=1,\n\r\"', 'odd', 'look'"
    paths.prepare_private()
    with opened(paths.warehouse_file):
        pass
    for name in ("CHANGED_FILES", "STALE", "NOT_REPRODUCED"):
        monkeypatch.setattr(worklist, name, "select null where false")
    monkeypatch.setattr(worklist, "_unknown", lambda _: iter(()))
    said = []
    for places in (["r.csv:2"], ["r.csv:2", "r.csv:3"]):
        monkeypatch.setattr(worklist, "PERSONAL", " union all ".join(map(query.format, places)))
        said.append([*describe_new(worklist.write_worklist(paths), paths)])
    assert [line.partition(";")[0] for line in said[0]] == ["data/r.csv:2, c: odd", "1 in all, 1 of them new"]
    assert [line.partition(";")[0] for line in said[1]] == ["data/r.csv:3, c: odd", "2 in all, 1 of them new"]
