"""A municipality whose population nobody knows is in the frame, in no size class, and in no sum of inhabitants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.rendered import Slip, make

pytestmark = pytest.mark.slow

INPUTS = """
    create table stg_registry__municipalities as
        select *, date '2024-01-01' as division_date, true as is_mainland
        from (values ('A'), ('B'), ('C'), ('D'), ('E')) as t (municipality_code);
    create table stg_registry__population as
        select *, 2023 as population_year, date '2023-01-01' as division_date
        from (values ('A', 100), ('B', null), ('C', 300), ('C2', null), ('D', 4000), ('E', 6000))
            as t (municipality_code, population);
    create table stg_registry__changes as
        select 'merger' as change_type, 'C2' as old_code, 'C' as new_code, date '2024-01-01' as effective_on;
    create table stg_registry__foreign_language_shares as
        select municipality_code, 2023 as share_year, 10.0 as foreign_language_pct, date '2024-01-01' as division_date
        from stg_registry__municipalities;
    create table stg_registry__municipality_areas as
        select municipality_code, division_date, 'county' as area_level, '1' as area_code
        from stg_registry__municipalities;
    create table stg_codebook__size_classes as
        select *, 's' as survey_id
        from (values ('small', 1, 0, 999), ('large', 2, 1000, null))
            as t (size_class_id, sort_order, min_population, max_population);
    create table stg_codebook__size_class_groups as
        select 's' as survey_id, 'any' as size_class_group_id, size_class_id from stg_codebook__size_classes;
    create table int_rounds_to_build as
        select 's' as survey_id, 'r' as round_id, date '2024-01-01' as division_date, 2023 as population_year,
            'all' as scope;
    create table raw__ingest__rounds_to_build as select survey_id, round_id from int_rounds_to_build;
    create table int_breakdowns_in_round as
        select 's' as survey_id, 'r' as round_id, false as is_synthetic, true as is_of_municipality, *
        from (values ('all', 'all'), ('size_class', 'small'), ('size_class', 'large'), ('county', '1'))
            as t (breakdown, breakdown_id);
    create table int_municipalities_responded as
        select 's' as survey_id, 'r' as round_id, *, 1 as n_responses
        from (values ('A'), ('B'), ('C'), ('D')) as t (municipality_code);
    create table int_answers_grouped as
        select 's' as survey_id, 'r' as round_id, 'q' as question_id, 'municipality' as unit, 'all' as breakdown,
            'all' as breakdown_id, municipality_code, municipality_code as cluster_code, 'base' as answer_level,
            'base' as answer_code, 1 as n
        from int_municipalities_responded;
"""
MODELS = (
    "int_municipality_successors", "int_population_on_division", "int_foreign_language_speakers",
    "int_frame_classified", "int_frame_broken_down", "int_response_rates", "int_bases_clustered",
    "int_frame_answered", "int_strata_collapsed",
)  # fmt: skip


def made(slip: Slip | None = None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(INPUTS)
    make(connection, *MODELS, slip=slip)
    return connection


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with made() as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return connection.execute(f"{sql} order by all").fetchall()


def test_who_is_unknown_is_in_the_frame_and_in_no_size_class(warehouse: duckdb.DuckDBPyConnection) -> None:
    frame = rows(warehouse, "select municipality_code, population, size_class_id from int_frame_classified")
    unknown = [("B", None, None), ("C", None, None)]
    assert frame == [("A", 100, "small"), *unknown, ("D", 4000, "large"), ("E", 6000, "large")]
    found = rows(
        warehouse, "select distinct breakdown from int_frame_broken_down where municipality_code in ('B', 'C')"
    )
    assert found == [("all",), ("county",)]


def test_sum_with_an_unknown_part_is_unknown() -> None:
    slip = Slip(
        "int_population_on_division",
        "case when count(*) = count(population.population) then sum(population.population) end",
        "sum(population.population)",
    )
    with made(slip) as wrong:
        assert rows(wrong, "select population from int_frame_classified where municipality_code = 'C'") == [(300,)]


def test_population_known_on_another_division_goes_before_an_unknown_one() -> None:
    with duckdb.connect() as connection:
        connection.execute(INPUTS)
        connection.execute("insert into stg_registry__population values ('B', 50, 2023, date '2022-01-01')")
        make(connection, *MODELS[:2])
        found = rows(connection, "select population from int_population_on_division where municipality_code = 'B'")
        assert (50,) in found


def test_rates_count_everyone_and_coverage_those_who_are_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select breakdown_id, n_frame, n_municipalities, population_coverage, foreign_language_coverage "
        "from int_response_rates"
    )
    known = pytest.approx(4100 / 10100)
    assert rows(warehouse, sql) == [
        ("1", 5, 4, known, known), ("all", 5, 4, known, known), ("large", 2, 1, 0.4, 0.4), ("small", 1, 1, 1.0, 1.0),
    ]  # fmt: skip


def test_inhabitants_are_those_who_are_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = "select municipality_code, base_n from int_bases_clustered where unit = 'inhabitant'"
    assert rows(warehouse, sql) == [("A", 100), ("D", 4000)]


def test_unknown_ones_are_a_stratum_of_their_own(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Two of them answered. One small and one large did: too few each, so that they join the nearest that stands."""
    strata = rows(warehouse, "select distinct stratum, n_frame, n_clusters from int_strata_collapsed")
    assert strata == [(0, 5, 4)]
    with duckdb.connect() as connection:
        connection.execute(INPUTS)
        connection.execute("insert into stg_registry__municipalities values ('F', date '2024-01-01', true)")
        connection.execute("insert into stg_registry__population values ('F', 700, 2023, date '2023-01-01')")
        for table in ("int_municipalities_responded", "int_answers_grouped"):
            connection.execute(f"insert into {table} select * replace ('F' as municipality_code) from {table} limit 1")
        connection.execute("update int_answers_grouped set cluster_code = municipality_code")
        make(connection, *MODELS)
        sql = "select municipality_code, stratum, n_frame, n_clusters from int_strata_collapsed where breakdown = 'all'"
        own, known = (0, 2, 2), (1, 4, 3)
        assert rows(connection, sql) == [
            ("A", *known), ("B", *own), ("C", *own), ("D", *known), ("E", *known), ("F", *known),
        ]  # fmt: skip
