"""Every code that the published tables may hold is said in words, and no other is."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from typing import get_args

import pytest

from ingest.codebook.survey import Statistic
from ingest.reference.named import Organisation
from store.marts import published_marts
from store.paths import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
NAMED_OTHERWISE = {"figure_match": ("publication_reconciliation", "status")}


def said() -> dict[str, set[str]]:
    found = defaultdict(set)
    with (DBT / "seeds" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["code_list"]].add(row["code"])
    return found


def values_of(column: str, table: str = "") -> set[str]:
    """What the published tables say that a column of this name may hold."""
    marts = [mart for mart in published_marts() if mart.name == table or not table]
    held = [mart.columns[column].values for mart in marts if column in mart.columns]
    return {value for values in held for value in values if value is not None}


@pytest.mark.parametrize(
    "code_list",
    ["unit", "level", "cell_status", "comparability", "figure_match", "evidence", "organisation", "theme_kind"],
)
def test_values_of_a_column_are_said_in_words(code_list: str) -> None:
    table, column = NAMED_OTHERWISE.get(code_list, ("", code_list))
    assert values_of(column, table) == said()[code_list] != set()


def test_every_status_of_an_answer_is_said_in_words() -> None:
    macro = (DBT / "macros" / "answer_status.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:then|else) '(\w+)'", macro)) == said()["answer_status"] != set()


def test_every_statistic_of_print_is_said_in_words() -> None:
    assert set(get_args(Statistic)) == said()["statistic"]


def test_every_kind_of_organisation_is_said_in_words() -> None:
    assert set(get_args(Organisation)) == said()["organisation"]
