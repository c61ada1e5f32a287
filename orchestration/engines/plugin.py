"""What dbt's adapter for DuckDB loads, by dbt_project/profiles.yml: functions that SQL lacks, and its bounds."""

from __future__ import annotations

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from orchestration.engines.functions import teach_duckdb
from store.warehouse import bound


class Plugin(BasePlugin):
    """Its name is the one that the adapter looks for."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        teach_duckdb(conn)
        bound(conn)
