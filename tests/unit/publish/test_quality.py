"""round_quality and round_quality_detail, as a release has them."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from publish.releases import release
from store import warehouse
from store.paths import DataPaths
from tests.unit.publish.test_findings import DECIDED, FAILS

pytestmark = pytest.mark.slow


def rows(paths: DataPaths, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_finding_stands_beside_its_decision(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute(FAILS)
        connection.execute(DECIDED)
        connection.execute("update checks.results set status = 'fail' where check_id = 'answered_late'")
        connection.execute(
            "insert into checks.history values (1, 'all', 'all', 'as_declared.dim_round', 'fail', '1', 1, '2026-11-01')"
        )
    release.publish(paths, now, refresh_id=1)
    found = rows(
        paths,
        "select check_id, decision, decided_by, decided_until, decision_reason from marts.round_quality order by all",
    )
    assert found == [
        ("answered_late", "open", None, None, None),
        ("answers_in_codebook", None, None, None, None),
        ("as_declared.dim_round", "fixed", None, None, None),
        ("rows_conserved", None, None, None, None),
        ("signed_off", "accepted", "Survey team", date(2026, 12, 31), "It is so in print"),
    ]


def test_a_check_without_a_definition_has_its_message(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("update checks.results set definition = '' where check_id = 'as_declared.dim_round'")
        connection.execute("update checks.results set formula = 'n = 0' where tool = 'gx'")
    release.publish(paths, now, refresh_id=1)
    assert rows(paths, "select distinct tool, definition, formula from marts.round_quality order by all") == [
        ("gx", "What is looked for.", "n = 0"),
        ("sql", "All is well.", None),
        ("sql", "What is looked for.", None),
    ]


def test_detail_has_the_parts_and_not_the_whole(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute(
            "update checks.round_checks set observed = '3', n_failed = 3, status = 'fail' where part_id = '11'"
        )
        sign_again(connection)
    release.publish(paths, now, refresh_id=1)
    assert rows(paths, "from marts.round_quality_detail order by part_id") == [
        (
            "koto",
            "2023-01",
            "koto/2023-01",
            True,
            "rows_conserved",
            "county",
            "04",
            None,
            "koto/county/04",
            "0",
            "0",
            0,
            "pass",
        ),
        (
            "koto",
            "2023-01",
            "koto/2023-01",
            True,
            "rows_conserved",
            "county",
            "11",
            None,
            "koto/county/11",
            "3",
            "0",
            3,
            "fail",
        ),
    ]


def sign_again(connection: duckdb.DuckDBPyConnection) -> None:
    """The signature of checks.round_checks as it is now."""
    n_rows, content = warehouse.table_signature(connection, "checks.round_checks")
    connection.execute(
        "update checks.signatures set n_rows = ?, content_hash = ? where table_name = 'checks.round_checks'",
        [n_rows, content],
    )
