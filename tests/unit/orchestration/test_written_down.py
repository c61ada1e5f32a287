"""What a build makes is in the warehouse when it was written down, and whoever could not write it down says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from dbt.adapters.duckdb import environments

from orchestration.dagster.internals import hold_warehouse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(made)).close()
    return made


@pytest.fixture
def building(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """As dbt has the warehouse open, with a table that it made."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as warehouse (recovery_mode no_wal_writes)")
        connection.execute("create table warehouse.made as select 1 as n")
        yield connection


@pytest.fixture
def write_down(building: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What the process of dbt calls when the run has ended; the adapter has let go of its database by then."""
    opened = SimpleNamespace(conn=building, close=lambda: building.execute("detach warehouse"))
    monkeypatch.setattr(environments, "create", lambda _: opened)
    made = hold_warehouse()
    assert environments.create(None) is opened
    return made


def tables_in(file: Path) -> list[object]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select table_name from duckdb_tables()").fetchall()


def test_a_build_is_in_the_file_when_it_was_written_down(
    write_down: Callable[[], None], file: Path, tmp_path: Path
) -> None:
    """Before, a kill leaves the file as it was, and no log that would change it."""
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert tables_in(Path(shutil.copy(file, tmp_path / "killed.duckdb"))) == []
    write_down()
    assert tables_in(file) == [("made",)]
    write_down()


def test_what_cannot_be_written_down_is_no_build(
    write_down: Callable[[], None], building: duckdb.DuckDBPyConnection, file: Path
) -> None:
    """To close the file keeps it to itself (the mutant below), and the file is as it was."""
    building.execute("set debug_checkpoint_abort = 'before_header'")
    with pytest.raises(duckdb.IOException, match="Checkpoint failed"):
        write_down()
    building.close()
    assert tables_in(file) == []


def test_a_build_that_is_only_closed_can_be_lost_unsaid(building: duckdb.DuckDBPyConnection, file: Path) -> None:
    building.execute("set debug_checkpoint_abort = 'before_header'")
    building.close()
    assert tables_in(file) == []
