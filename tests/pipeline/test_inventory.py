"""What is published of the inventory: a system with its successor, and who named it by kind and vendor."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from store.paths import DataPaths
from store.warehouse import opened


@pytest.fixture(scope="module")
def connection(built_sample: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(built_sample.warehouse_file, read_only=True) as opened_connection:
        yield opened_connection


def test_a_system_has_its_successor(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select system_id, successor from marts.dim_system").fetchall()
    assert dict(found) == {"kirja": "pilvi", "pilvi": None, "unmatched": None}


def test_use_is_read_by_kind_and_vendor_without_a_join(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select system_id, system_kind, any_value(vendor), sum(n) from marts.system_use "
        "where unit = 'response' and breakdown = 'all' group by all order by all"
    ).fetchall()
    assert found == [("kirja", "municipal", None, 1), ("pilvi", "state", None, 1), ("unmatched", None, None, 1)]
    (n_rows,) = connection.execute(
        "select count(*) from marts.system_use left join marts.dim_system as systems using (system_id) "
        "where (system_use.system_kind, system_use.vendor) is distinct from (systems.system_kind, systems.vendor)"
    ).fetchone() or (None,)
    assert n_rows == 0


def test_the_spread_of_one_number_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select distinct n > 1, sd is not null from marts.number_summary where n > 0").fetchall()
    assert sorted(found) == [(False, False), (True, True)]
