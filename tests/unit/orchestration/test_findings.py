"""What a person is shown after a refresh: places and advice, and no value that a respondent gave."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.dagster.findings import NOT_REPRODUCED, SHOWN, Finding, told
from store.paths import DataPaths


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
    typed = Finding("r.csv:2", "the row", "matti@example.fi", "unknown_municipality", '"matti@example.fi" is no code')
    code = Finding("r.csv:3", "the row", "999", "unknown_municipality", 'municipality "999" is not there')
    lines = list(told([typed, code], paths))
    assert lines == [
        "data/r.csv:2, the row: unknown_municipality; as given is no code.",
        'data/r.csv:3, the row: unknown_municipality; municipality "999" is not there.',
        "2 in all; with the values found: data/warehouse/private/findings.csv (private)",
    ]
    assert len(list(told([code] * 100, paths))) == SHOWN + 1
    assert list(told([], paths)) == []
