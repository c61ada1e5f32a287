"""What dbt's adapter for DuckDB loads, by dbt_project/profiles.yml: functions that SQL lacks, and its bounds."""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from orchestration.engines.functions import teach_duckdb
from store.paths import DataPaths
from store.warehouse import bound


class Plugin(BasePlugin):
    """Its name is the one that the adapter looks for."""

    is_bound = False

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:  # noqa: ARG002
        """A database in memory has no folder of its own for what does not fit."""
        config["temp_directory"] = str(DataPaths.resolve().spill)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        teach_duckdb(conn)

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """The first comes when the warehouse is attached."""
        if not self.is_bound:
            bound(cursor)
            self.is_bound = True
