"""The rows of each round as they were published last: what a later delivery of it is held against.

They are kept in the state, because the warehouse can be deleted and holds a delivery that was refused too. An id is
kept as its keyed hash.
"""

from __future__ import annotations

from sqlite3 import Connection

import duckdb
import pyarrow as pa

from ingest import state
from ingest.paths import DataPaths
from ingest.warehouse import columns_of, opened, replace_rows, transaction

TABLE = "raw.release__rows"
_SCHEMA = pa.schema([(name, pa.string()) for name in ("survey_id", "round_id", "response_token", "is_accepted")])
# What was withdrawn may go, and so may copies and empty rows.
_PUBLISHED = """
select responses.survey_id, responses.round_id, rows.response_token, responses.disposition = 'accepted'
from intermediate.int_responses_disposed as responses
inner join raw.surveys__rows as rows on responses.row_id = rows.source_file || ':' || rows.source_line
where responses.disposition not in ('withdrawn', 'exact_duplicate', 'empty_row')
"""


def note_published_rows(warehouse: duckdb.DuckDBPyConnection, memory: Connection) -> None:
    """Remember the rows that the warehouse holds as those that are published."""
    if columns_of(warehouse, "intermediate.int_responses_disposed"):
        state.record_published_rows(memory, warehouse.execute(_PUBLISHED).fetchall())


def land_published_rows(paths: DataPaths) -> None:
    """Write the rows that were published last into the warehouse."""
    with state.opened(paths) as memory:
        columns = list(zip(*state.published_rows(memory), strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(map(_text, values), pa.string()) for values in columns]
    with opened(paths.warehouse_file) as connection, transaction(connection):
        replace_rows(connection, TABLE, pa.table(arrays, _SCHEMA))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
