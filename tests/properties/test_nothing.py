"""Whatever a round has nothing of, every model and check is made of it, and keeps what its YAML file says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.declared import demands, table_of
from ingest.codebook.round import RoundSettings
from ingest.codebook.survey import SurveySettings
from ingest.landing.columns import columns_of
from store.paths import PROJECT_ROOT, DataPaths
from tests.loading import load_all
from tests.pipeline.models import manifest, models
from tests.properties.lacking import LACKS, examples, write_all
from tests.properties.models import built, slipped
from tests.rendered import Slip

EXAMPLES = examples()
DBT = PROJECT_ROOT / "dbt_project"
PAGE = (DBT / "models" / "columns.md").read_text(encoding="utf-8")
FLOATS = ("DOUBLE", "FLOAT")
RESPONDED = ("int_responses_disposed", "int_municipalities_responded", "int_response_rates", "response_rate")
PROGRESSED = ("int_responses_progressed", "checks_response", "round_checks")
# Tables that have every key of a file: what a key means is said under its field.
KEYS = {
    "stg_codebook__surveys": columns_of(SurveySettings),
    "stg_codebook__rounds": columns_of(RoundSettings),
    "int_rounds_to_build": columns_of(RoundSettings),
}
# What might be taken for granted of a round: what says that it was, the slip, and the models that it goes through.
SLIPS = [
    ("round_checks: key", Slip(PROGRESSED[0], "reached.n_answered > 0 and ", ""), PROGRESSED),
    ("not every accepted response", Slip(PROGRESSED[0], "left join reached", "inner join reached"), PROGRESSED),
    ("rows in are not rows out", Slip(RESPONDED[0], "left join matched", "inner join matched"), RESPONDED),
    (
        "a check is missing",
        Slip("checks_response", "left join progress", "inner join progress"),
        ("checks_response", "round_checks"),
    ),
    (
        "no number",
        Slip("int_response_rates", "cast(nullif(n_municipalities, 0) as double)", "cast(n_municipalities as double)"),
        RESPONDED[2:],
    ),
    (
        "not_null",
        Slip("response_rate", "    is_synthetic,", "    nullif(is_synthetic, true) as is_synthetic,"),
        ("response_rate",),
    ),
]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths(tmp_path_factory.mktemp("nothing") / "data")
    write_all(paths, EXAMPLES)
    load_all(paths)
    return paths


@pytest.fixture(scope="module")
def connection(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with built(paths, models()) as connection:
        yield connection


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    """All that every YAML file says of its table: for each a query of the number of rows that are not so."""
    tables = [node for node in manifest()["nodes"].values() if node["resource_type"] == "model"]
    declared = {
        f"{node['name']}: {what}": f"select n from (select count(*), {sql} as n from {table_of(node)})"
        for node in tables
        for what, sql in demands(node).items()
    }
    return declared | {name: sql for node in tables for name, sql in _never_null(node)}


def words_without_columns(page: str, connection: duckdb.DuckDBPyConnection) -> tuple[set[str], set[str]]:
    """Private columns that columns.md does not describe; and what it describes that is no column."""
    private = (
        "select table_name, column_name from duckdb_columns() "
        "where schema_name in ('staging', 'intermediate', 'checks')"
    )
    found = connection.execute(private).fetchall()
    columns = {name for table, name in found if name not in KEYS.get(table, ())}
    described = re.findall(r"{% docs (\w+) %}", page)
    assert len(described) == len(set(described))
    return columns - set(described), set(described) - columns


def test_every_private_column_is_described_and_no_word_is_left_over(connection: duckdb.DuckDBPyConnection) -> None:
    undescribed, unused = words_without_columns(PAGE, connection)
    named = set(re.findall(r"doc\('(\w+)'\)", "".join(map(Path.read_text, DBT.rglob("models/**/*.yml")))))
    assert (undescribed, unused - named, named - set(re.findall(r"{% docs (\w+) %}", PAGE))) == (set(), set(), set())


def test_a_word_that_is_taken_away_or_added_is_seen(connection: duckdb.DuckDBPyConnection) -> None:
    mutant = PAGE.replace("docs is_ticked %", "docs is_tikced %")
    undescribed, unused = words_without_columns(mutant, connection)
    assert undescribed == {"is_ticked"}
    assert "is_tikced" in unused


def _never_null(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, column in node["columns"].items():
        if any(constraint["type"] == "not_null" for constraint in column["constraints"]):
            relation = f"{node['schema']}.{node['name']}"
            yield f"not_null {relation}.{name}", f"select count(*) from {relation} where {name} is null"


def faults(connection: duckdb.DuckDBPyConnection, rules: Mapping[str, str]) -> list[str]:
    """What is wrong with the warehouse, a sentence each."""
    against = {name: connection.execute(sql).fetchall() for name, sql in rules.items()}
    return [
        *(f"{name}: {n} rows" for name, [(n,)] in against.items() if n),
        *(f"rows in are not rows out: {row}" for row in connection.execute(_ROWS).fetchall()),
        *(f"not every accepted response is in {row}" for row in connection.execute(_RESPONSES).fetchall()),
        *(f"a check is missing or there twice: {row}" for row in connection.execute(_CHECKS).fetchall()),
        *(f"a check says nothing of what it saw: {row}" for row in connection.execute(_UNSAID).fetchall()),
        *(f"a block that none of them is for: {row}" for row in connection.execute(_BLOCKS).fetchall()),
        *_no_numbers(connection),
    ]


_ROWS = """
    select survey_id, round_id, count(*) as n, n_disposed
    from raw.surveys__rows
    full join (
        select survey_id, round_id, count(*) as n_disposed
        from intermediate.int_responses_disposed group by all
    ) using (survey_id, round_id)
    group by all
    having count(*) is distinct from n_disposed
"""
_RESPONSES = """
    with accepted as (
        select survey_id, round_id, count(*) filter (disposition = 'accepted') as n
        from intermediate.int_rounds_to_build
        left join intermediate.int_responses_disposed using (survey_id, round_id)
        group by all
    ),
    rated as (
        select survey_id, round_id, n_responses as n from marts.response_rate where breakdown = 'all'
    ),
    progressed as (
        select survey_id, round_id, count(*) as n from intermediate.int_responses_progressed group by all
    )
    select 'response_rate or progress', survey_id, round_id, accepted.n, rated.n, progressed.n
    from accepted
    left join rated using (survey_id, round_id)
    left join progressed using (survey_id, round_id)
    where rated.n is distinct from accepted.n or coalesce(progressed.n, 0) <> accepted.n
    union all
    select 'response_curve', survey_id, round_id, accepted.n, max(curve.n_responses_so_far), null
    from accepted inner join marts.response_curve as curve using (survey_id, round_id)
    group by all
    having max(curve.n_responses_so_far) > accepted.n
"""
_CHECKS = """
    with found as (select survey_id, round_id, check_id from checks.round_checks where part = 'all')
    select survey_id, round_id, check_id, count(found.check_id)
    from intermediate.int_rounds_to_build
    cross join (select distinct check_id from checks.round_checks)
    left join found using (survey_id, round_id, check_id)
    group by all
    having count(found.check_id) <> 1
"""
_UNSAID = """
    select survey_id, round_id, check_id, part_id, status
    from checks.round_checks
    where status <> 'not_computable' and (observed is null or threshold is null)
"""
_BLOCKS = """
    select survey_id, round_id, check_id, observed
    from checks.round_checks
    where severity = 'block' and part = 'all' and status = 'fail'
"""


def _no_numbers(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    columns = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        f"where schema_name in ('intermediate', 'marts') and data_type in {FLOATS}"
    ).fetchall()
    for table, column in columns:
        if found := connection.execute(f"from {table} where not isfinite({column}) limit 1").fetchall():
            yield f"no number in {table}.{column}: {found}"
    texts = connection.execute("from checks.round_checks where regexp_matches(observed, '\\b(nan|inf)\\b')").fetchall()
    yield from (f"no number in a check: {row}" for row in texts)


def test_each_lack_stands_alone_and_with_others() -> None:
    assert {names[0] for names in EXAMPLES.values() if len(names) == 1} == set(LACKS)
    assert any(len(names) > 2 for names in EXAMPLES.values())


def test_every_model_and_check_is_made_of_nothing(connection: duckdb.DuckDBPyConnection, rules: dict[str, str]) -> None:
    assert faults(connection, rules) == []


def test_what_is_taken_for_granted_is_seen(connection: duckdb.DuckDBPyConnection, rules: dict[str, str]) -> None:
    """Of each slip only the models that it goes through are made again, and then as they are."""
    by_name = {model.name: model for model in models()}
    for said, slip, through in SLIPS:
        mistaken = {model.name: model for model in slipped(models(), slip)}
        for name in through:
            mistaken[name].make(connection)
        found = faults(connection, rules)
        assert any(fault.startswith(said) for fault in found), (said, found)
        for name in through:
            by_name[name].make(connection)
