"""The rows of each round as they were published last: what a later delivery of it is held against.

They are kept in the state, because the warehouse can be deleted and holds a delivery that was refused too. An id is
kept as its keyed hash.
"""

from __future__ import annotations

from sqlite3 import Connection

import duckdb
import pyarrow as pa

from ingest.landing import privacy
from store import state
from store.paths import DataPaths
from store.warehouse import columns_of, opened, replace_rows, transaction

TABLE = "raw.release__rows"
_SCHEMA = pa.schema([(name, pa.string()) for name in ("survey_id", "round_id", "response_token")])
# Of every round, whichever the build made. A copy has the token of its original; who was erased is in no delivery.
_DELIVERED = """
select survey_id, round_id, response_token
from raw.surveys__rows
where row_status not in ('erased', 'empty_row')
group by
    survey_id, round_id, response_token, case when response_token is null then source_file || ':' || source_line end
"""
_WITHDRAWN = "select survey_id, round_id, response_id from raw.codebook__corrections where action = 'withdraw'"


def note_published_rows(paths: DataPaths, warehouse: duckdb.DuckDBPyConnection, memory: Connection) -> None:
    """Remember the rows that the warehouse holds as those that are published; what is withdrawn may go later."""
    if columns_of(warehouse, "raw.surveys__rows"):
        withdrawn = {
            (survey_id, round_id, privacy.of_survey(paths, survey_id).token(privacy.RESPONSE, round_id, response_id))
            for survey_id, round_id, response_id in warehouse.execute(_WITHDRAWN).fetchall()
        }
        delivered = warehouse.execute(_DELIVERED).fetchall()
        state.record_published_rows(memory, [row for row in delivered if row not in withdrawn])


def land_published_rows(paths: DataPaths) -> None:
    """Write the rows that were published last into the warehouse."""
    with state.opened(paths) as memory:
        columns = list(zip(*state.published_rows(memory), strict=True)) or [()] * len(_SCHEMA)
    rows = pa.table([pa.array(values, pa.string()) for values in columns], _SCHEMA)
    with opened(paths.warehouse_file) as connection, transaction(connection):
        replace_rows(connection, TABLE, rows)
