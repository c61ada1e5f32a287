"""What a round has in every mart, so that two rounds can be held against each other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

# Between two rounds, not of one.
OF_TWO_ROUNDS = ("comparability", "round_change")
NAMES_OF_A_ROUND = ("round_id", "round_key", "round_order", "sort_order")

Rows = Counter[tuple[Any, ...]]


def marts_of(connection: duckdb.DuckDBPyConnection, round_id: str) -> dict[str, Rows]:
    """The rows of a round in each mart that has rounds, without its name."""
    return {
        name: Counter(connection.execute(_sql(columns, name), [round_id]).fetchall())
        for name, columns in _tables(connection).items()
    }


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute(
        "select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' group by all order by 1"
    ).fetchall()
    return {name: columns for name, columns in rows if "round_id" in columns and name not in OF_TWO_ROUNDS}


def _sql(columns: list[str], name: str) -> str:
    named = ", ".join(each for each in NAMES_OF_A_ROUND if each in columns)
    return f"select * exclude ({named}) from marts.{name} where round_id = ?"
