"""How the private file is opened."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from faults.told import WrongUsage
from store import warehouse


@pytest.mark.parametrize(("n_rows", "is_shared"), [(9, False), (10, True), (11, True)])
def test_work_is_shared_where_a_table_is_large(
    n_rows: int, is_shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "FEW_ROWS", 10)
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        threads = connection.execute("select current_setting('threads')").fetchone()
    with warehouse.opened(file) as connection:
        connection.execute(f"create table raw.cells as from range({n_rows})")
    with warehouse.opened(file, read_only=True) as connection:
        assert connection.execute("select current_setting('threads')").fetchone() == (threads if is_shared else (1,))


@pytest.mark.parametrize("named", ["800MB", "1.5GB", "2 GiB", "3gb"])
def test_memory_is_bounded_wherever_the_file_is_opened(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUNTAKYSELY_MEMORY", named)
    expected = (
        duckdb.connect(config={"memory_limit": named}).execute("select current_setting('memory_limit')").fetchone()
    )
    for read_only in (False, True):
        with warehouse.opened(tmp_path / "warehouse.duckdb", read_only=read_only) as connection:
            assert connection.execute("select current_setting('memory_limit')").fetchone() == expected


@pytest.mark.parametrize("named", ["much", "8", "8GB'; --", "-1GB"])
def test_a_bound_that_is_none_is_told(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNTAKYSELY_MEMORY", named)
    with pytest.raises(WrongUsage, match="KUNTAKYSELY_MEMORY is"), warehouse.opened(tmp_path / "warehouse.duckdb"):
        pass


def test_rows_that_were_written_are_not_held_until_the_transaction_ends(tmp_path: Path) -> None:
    """All cells of a round are written in one: what is registered with DuckDB is held until then."""
    with warehouse.opened(tmp_path / "warehouse.duckdb") as connection, warehouse.transaction(connection):
        before = pa.total_allocated_bytes()
        for _ in range(10):
            warehouse.replace_rows(connection, "raw.cells", pa.table({"n": pa.repeat(pa.scalar(1), 100_000)}))
        assert pa.total_allocated_bytes() - before < 2 * 800_000
