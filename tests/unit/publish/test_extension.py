"""A release to which rounds only come begins as a copy of the one before it; any other is written whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from publish.releases import exports, release
from store import warehouse
from store.paths import DataPaths
from tests.unit.publish.conftest import add_round, sign

pytestmark = pytest.mark.slow

SECRET = "a value that must not be read any more"


def kept(paths: DataPaths) -> dict[str, int]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        rows = connection.execute("select table_name, n_rows_kept from marts.release_table where n_rows_kept > 0")
        return dict(rows.fetchall())


def csv_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("csv/*")}


def whole_export(paths: DataPaths, folder: Path) -> Path:
    """The current release as files that extend none."""
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        exports.export(connection, folder)
    return folder


def test_a_later_round_is_added_to_a_copy(released: DataPaths, now: datetime) -> None:
    add_round(released, "2024-01")
    release.publish(released, now, refresh_id=2)
    assert kept(released) == {"dim_round": 1}
    add_round(released, "2025-01")
    release.publish(released, now, refresh_id=3)
    assert kept(released) == {"dim_round": 2}
    with duckdb.connect(str(released.current), read_only=True) as connection:
        rounds = connection.execute("select round_id from marts.dim_round").fetchall()
        assert connection.execute("select number, compared_with from marts.release").fetchall() == [(3, 2)]
    assert rounds == [("2023-01",), ("2024-01",), ("2025-01",)]


def test_files_that_are_extended_are_those_of_a_whole_export(
    released: DataPaths, now: datetime, tmp_path: Path
) -> None:
    add_round(released, "2024-01")
    release.publish(released, now, refresh_id=2)
    assert csv_files(released.current_folder) == csv_files(whole_export(released, tmp_path / "whole"))


@pytest.mark.parametrize("damage", ["release.csv", "dim_round.csv"])
def test_a_file_that_is_lost_is_written_whole(released: DataPaths, now: datetime, tmp_path: Path, damage: str) -> None:
    """Somebody took a file out of the folder that readers have."""
    add_round(released, "2024-01")
    (released.current_folder / "csv" / damage).unlink()
    release.publish(released, now, refresh_id=2)
    assert csv_files(released.current_folder) == csv_files(whole_export(released, tmp_path / "whole"))


@pytest.mark.parametrize(
    "sql",
    [
        "update marts.dim_round set n = 2 where round_id = '2023-01'",
        "delete from marts.dim_round where round_id = '2023-01'; delete from checks.results where round_id = '2023-01'",
        "comment on column marts.dim_round.n is 'Something else.'",
    ],
)
def test_a_release_from_which_something_goes_is_written_whole(released: DataPaths, now: datetime, sql: str) -> None:
    add_round(released, "2024-01")
    add_round(released, "2025-01")
    with warehouse.opened(released.warehouse_file) as connection:
        connection.execute(sql)
        sign(connection)
    release.publish(released, now, refresh_id=2)
    assert kept(released) == {}


def test_what_is_gone_cannot_be_read_in_the_file(released: DataPaths, now: datetime) -> None:
    for round_key, is_there in ((SECRET, True), ("koto/2023-01", False)):
        with warehouse.opened(released.warehouse_file) as connection:
            connection.execute("update marts.dim_round set round_key = ? where round_id = '2023-01'", [round_key])
        add_round(released, "2024-01" if is_there else "2025-01")
        release.publish(released, now, refresh_id=2)
        assert (SECRET.encode() in released.current.read_bytes()) is is_there
