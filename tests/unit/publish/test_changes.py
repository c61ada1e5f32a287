"""What a release says of the release before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb

from ingest import warehouse
from ingest.paths import DataPaths
from publish import release
from publish.changes import changes_between
from tests.unit.publish.conftest import sign

Remark = Callable[[DataPaths, int], None]


def change(paths: DataPaths, *statements: str) -> None:
    """Edit the marts of the warehouse and sign them again."""
    with warehouse.opened(paths.warehouse_file) as connection, warehouse.transaction(connection):
        for statement in statements:
            connection.execute(statement)
        sign(connection)


def changes(paths: DataPaths) -> list[tuple[object, ...]]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute("from marts.release_change order by all").fetchall()


def compared_with(paths: DataPaths) -> object:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute("select compared_with from marts.release").fetchall()[0][0]


def test_the_first_release_has_nothing_to_compare_with(published: DataPaths) -> None:
    assert (compared_with(published), changes(published)) == (None, [])


def test_nothing_differs_when_nothing_changed(released: DataPaths, now: datetime) -> None:
    release.publish(released, now, refresh_id=2)
    assert (compared_with(released), changes(released)) == (1, [])


def test_every_value_that_differs_is_told_with_its_row(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "update marts.response_rate set n = 7, share = null where id = '005'",
        "update marts.response_rate set share = 0.25 where id = '020'",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [
        ("response_rate", "all", "all", "value_changed", "id=005", "n", "1", "7"),
        ("response_rate", "all", "all", "value_changed", "id=005", "share", "0.5", None),
        ("response_rate", "all", "all", "value_changed", "id=020", "share", None, "0.25"),
    ]


def test_rows_that_came_and_went_are_told(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "delete from marts.system_use where id = '005'",
        "insert into marts.system_use values ('078', 1, 0.5)",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [
        ("system_use", "all", "all", "row_added", "id=078", "n_rows", "0", "1"),
        ("system_use", "all", "all", "row_removed", "id=005", "n_rows", "1", "0"),
    ]


def test_a_round_that_came_is_told_whole(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "insert into marts.dim_round values ('koto', '2025-02', 'koto/2025-02', true, 1)",
        "insert into checks.results from (from checks.results select * replace ('2025-02' as round_id)"
        " where round_id = '2023-01')",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [("dim_round", "koto", "2025-02", "round_added", "all", "n_rows", "0", "1")]
    earlier, later = (released.releases / name for name in sorted(file.name for file in released.releases.iterdir()))
    assert [found["change"] for found in changes_between(later, earlier)] == ["round_removed"]


def test_after_a_rollback_the_next_release_is_compared_with_what_readers_had(
    released: DataPaths, now: datetime, remark: Remark
) -> None:
    remark(released, 2)
    release.publish(released, now, refresh_id=2)
    release.rollback(released, now)
    release.publish(released, now, refresh_id=3)
    assert compared_with(released) == 1
    assert {(column, old, new) for *_, column, old, new in changes(released)} == {("n", "1", "2")}


def test_two_releases_compare_the_same_later(released: DataPaths, now: datetime, remark: Remark) -> None:
    first = released.current.resolve()
    remark(released, 2)
    release.publish(released, now, refresh_id=2)
    found = changes_between(first, released.current.resolve())
    assert [tuple(each.values()) for each in found] == changes(released)
