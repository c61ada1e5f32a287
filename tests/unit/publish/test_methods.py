"""The page of the measures says what the tables hold, and all of it."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from publish.report.methods import DBT, PAGE, descriptions, macro_comments, measures, page

TABLES = (
    "answer_distribution",
    "inhabitant_share",
    "number_summary",
    "response_rate",
    "round_change",
    "system_use",
)
NUMBERS = ("bigint", "double", "integer")


@pytest.mark.slow
def test_the_page_is_the_one_of_the_definitions() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"


@pytest.mark.parametrize("table", TABLES)
def test_every_figure_has_a_method(table: str) -> None:
    (model,) = YAML(typ="safe").load(DBT / "models" / "marts" / f"{table}.yml")["models"]
    figures = {column["name"] for column in model["columns"] if column["data_type"] in NUMBERS}
    told = {column for measure in measures() if table in measure["tables"] for column in measure["columns"]}
    assert figures - told == set()


@pytest.mark.slow
def test_a_method_tells_of_columns_and_macros_that_there_are() -> None:
    for measure in measures():
        there = {column for table in measure["tables"] for column in descriptions(table)}
        assert set(measure["columns"]) <= there, measure["name"]
        assert set(measure.get("macros", ())) <= set(macro_comments()), measure["name"]
