"""How the private file is opened."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

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
