"""Every check can fail: each fault is seen by exactly the checks that it is planted for, and a sound round by none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import duckdb
import pytest

from expectations.page import PAGE, definitions, page
from expectations.record import FAMILY, begin_build
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.loading import load_all
from tests.pipeline.build import make_all
from tests.pipeline.models import models
from tests.planted.base import EARLIER, N_MUNICIPALITIES, ROUND, Survey, write_registry
from tests.planted.faults import FAULTS, IN_THE_WAREHOUSE, OF_CLEAN, SOUND
from tests.rendered import teach

CLEAN = "clean"
CHECKS = PROJECT_ROOT / "dbt_project" / "models" / "checks"
# What the release before said of the sound survey.
RELEASED = f"""
    insert into raw.release__rows by name
    select survey_id, round_id, response_token from raw.surveys__rows
    where survey_id = '{CLEAN}' and round_id = '{ROUND}';
    insert into raw.release__rounds values ('{CLEAN}', '{ROUND}', '{N_MUNICIPALITIES}');
    insert into raw.release__figures by name
    select '{CLEAN}' as survey_id, '{ROUND}' as round_id, 'answered' as figure_id, {N_MUNICIPALITIES} as computed_value;
    insert into raw.release__claims values ('{CLEAN}', '{ROUND}', 'all_answered', 'holds', 'holds')
"""
Seen = dict[str, set[str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sound survey and a copy of it for each fault, built at once."""
    paths = DataPaths(tmp_path_factory.mktemp("planted") / "data")
    write_registry(paths)
    clean = Survey(CLEAN)
    clean.with_earlier_round()
    clean.write(paths)
    for fault in (*FAULTS.values(), *SOUND.values()):
        survey = Survey(fault.check_id)
        fault.plant(survey)
        survey.write(paths)
    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        connection.execute(RELEASED)
        begin_build(connection, paths.dbt_target)
    make_all(paths)
    return paths


@pytest.fixture(scope="module")
def connection(built: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(built.warehouse_file) as connection:
        yield connection


@pytest.fixture(scope="module")
def compiled() -> Mapping[str, str]:
    """The SQL of each family of checks."""
    return {model.name: model.code for model in models() if model.name.startswith(FAMILY)}


@cache
def defined() -> dict[str, str]:
    """The model of each check, as the YAML files define them."""
    families = [file.stem.removeprefix(FAMILY) for file in sorted(CHECKS.glob(f"{FAMILY}*.yml"))]
    return {check["id"]: f"{FAMILY}{family}" for family in families for check in definitions(family)}


def failing(connection: duckdb.DuckDBPyConnection, source: str) -> Seen:
    """The checks that fail in each survey, those of its earlier round left out."""
    rows = connection.execute(
        f"select survey_id, check_id from {source} where part = 'all' and status = 'fail' and round_id <> '{EARLIER}'"
    ).fetchall()
    seen: Seen = {}
    for survey_id, check_id in rows:
        seen.setdefault(survey_id, set()).add(check_id)
    return seen


@contextmanager
def planted(connection: duckdb.DuckDBPyConnection, survey_id: str, *statements: str) -> Iterator[None]:
    """The warehouse with one survey to build and these changes, until it is put back."""
    teach(connection)
    connection.execute("begin")
    try:
        for statement in (
            f"delete from intermediate.int_rounds_to_build where survey_id <> '{survey_id}'",
            *statements,
        ):
            connection.execute(statement)
        yield
    finally:
        connection.execute("rollback")


def seen_in(connection: duckdb.DuckDBPyConnection, sql: str, survey_id: str) -> set[str]:
    return failing(connection, f"({sql})").get(survey_id, set())


def blanked(sql: str, check_id: str) -> str:
    """The SQL of a family in which the body of one check measures nothing."""
    nothing = (
        "select survey_id, round_id, 'all' as part, 'all' as part_id, '' as observed, '' as threshold, 0 as n_failed"
    )
    body = f"{check_id} as (\n{nothing} from intermediate.int_rounds_to_build\n)"
    found, n = re.subn(rf"^{check_id} as \(\n.*?^\)", body, sql, flags=re.MULTILINE | re.DOTALL)
    assert n == 1, check_id
    return found


def matrix(found: Mapping[str, set[str]]) -> str:
    """A line per fault: which checks see it."""
    return "\n".join(f"{fault:<36} {', '.join(sorted(seen)) or '-'}" for fault, seen in sorted(found.items()))


def test_the_checks_the_page_and_the_faults_are_the_same_set() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page() + "\n", "run `make docs`"
    documented = set(re.findall(r"^### `(\w+)`", written, flags=re.MULTILINE))
    assert set(defined()) == documented == {*FAULTS, *IN_THE_WAREHOUSE}
    assert not FAULTS.keys() & IN_THE_WAREHOUSE.keys()


def test_each_fault_is_seen_by_its_checks_and_by_no_other(connection: duckdb.DuckDBPyConnection) -> None:
    seen = failing(connection, "checks.round_checks")
    all_of_them = FAULTS | SOUND
    found = {name: seen.get(name, set()) for name in all_of_them}
    print(matrix(found))
    assert CLEAN not in seen
    assert found == {name: set(fault.seen_by) for name, fault in all_of_them.items()}


@pytest.mark.parametrize("check_id", IN_THE_WAREHOUSE)
def test_a_fault_that_the_reader_would_refuse_is_seen_in_the_warehouse(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str], check_id: str
) -> None:
    fault = IN_THE_WAREHOUSE[check_id]
    with planted(connection, CLEAN, *fault.statements):
        seen = set().union(*(seen_in(connection, sql, CLEAN) for sql in compiled.values()))
    assert seen == fault.seen_by


@pytest.mark.parametrize(("n_before", "is_seen"), [(29, False), (30, True), (210, False), (211, True)])
def test_a_delivery_may_lose_five_rows_or_five_percent(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str], n_before: int, is_seen: bool
) -> None:
    """24 rows, and 200, after so many."""
    n_more = 176 if n_before > 200 else 0
    of_clean = f"select '{CLEAN}' as survey_id, '{ROUND}' as round_id"
    statements = (
        f"insert into raw.surveys__rows by name {of_clean}, 'more' as source_file, range::varchar as source_line, "
        f"'read' as row_status from range({n_more})",
        f"insert into raw.release__rows by name {of_clean} from range({n_before - N_MUNICIPALITIES})",
    )
    with planted(connection, CLEAN, *statements):
        seen = seen_in(connection, compiled["checks_drift"], CLEAN)
    assert ("delivery_not_shrunk" in seen) is is_seen


def test_a_round_that_is_carried_over_has_lost_nothing(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str]
) -> None:
    """Its responses are not built again."""
    carried = f"delete from intermediate.int_responses_disposed where {OF_CLEAN}"
    with planted(connection, CLEAN, carried):
        assert not {"delivery_not_shrunk", "responses_kept"} & seen_in(connection, compiled["checks_drift"], CLEAN)


def test_a_delivery_without_a_response_is_seen(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str]
) -> None:
    nothing = f"update marts.dim_round set n_responses = 0 where {OF_CLEAN}"
    with planted(connection, CLEAN, nothing):
        assert "delivery_not_shrunk" in seen_in(connection, compiled["checks_drift"], CLEAN)


def test_each_check_passes_somewhere(connection: duckdb.DuckDBPyConnection) -> None:
    passing = connection.execute("select distinct check_id from checks.round_checks where status = 'pass'").fetchall()
    assert {check_id for (check_id,) in passing} == set(defined())


@pytest.mark.parametrize("check_id", sorted(defined()))
def test_a_check_with_an_empty_body_sees_nothing(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str], check_id: str
) -> None:
    """What makes the tests above red when someone empties a check."""
    sql, only = compiled[defined()[check_id]], f"from ({{}}) where check_id = '{check_id}'"  # others are not worked out
    is_file = check_id in FAULTS
    survey_id = check_id if is_file else CLEAN
    with planted(connection, survey_id, *(() if is_file else IN_THE_WAREHOUSE[check_id].statements)):
        assert check_id in seen_in(connection, only.format(sql), survey_id)
        assert check_id not in seen_in(connection, only.format(blanked(sql, check_id)), survey_id)
