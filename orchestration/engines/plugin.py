"""What dbt's adapter for DuckDB loads, by dbt_project/profiles.yml: functions that SQL lacks, its bounds, and what puts
a build into the file when it has ended."""

from __future__ import annotations

import atexit
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from orchestration.engines.functions import teach_duckdb
from store.paths import DataPaths
from store.warehouse import bound

_open: list[Any] = []  # the adapter's room of the build that runs, which it would let go of at the end


class Plugin(BasePlugin):
    """Its name is the one that the adapter looks for."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:  # noqa: ARG002
        config["temp_directory"] = str(DataPaths.resolve().spill)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        _open.clear()
        teach_duckdb(conn)

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """The first comes when the warehouse is attached."""
        if not _open:
            bound(cursor)
            _open.append(DuckDBConnectionManager.env())
            atexit.register(write_down)


def write_down() -> None:
    """Put into the file what was made, which has no log: a build that is ended before leaves the file as it was. To
    close the warehouse would do it too, and not say when it cannot. Raises what DuckDB does, as on a full disk."""
    while _open:
        room = _open.pop()
        room.conn.execute("checkpoint warehouse")
        room.close()
