"""The printed figures as the release that readers have computes them, so that a refresh can say which of them moved."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ingest.paths import DataPaths
from ingest.warehouse import opened, replace_rows, transaction

TABLE = "raw.release__figures"
COLUMNS = ("survey_id", "round_id", "figure_id", "computed_value")
_SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
_SQL = """
select survey_id, round_id, figure_id, cast(computed_value as varchar) as computed_value
from marts.publication_reconciliation
where computed_value is not null
order by all
"""


def land_release_figures(paths: DataPaths) -> None:
    """Write the figures of the current release into the warehouse."""
    with opened(paths.warehouse_file) as connection, transaction(connection):
        replace_rows(connection, TABLE, _released(paths))


def _released(paths: DataPaths) -> pa.Table:
    """The figures of the release; none when there is no release, or none that this version can read."""
    if not paths.current.exists():
        return _SCHEMA.empty_table()
    try:
        with duckdb.connect(str(paths.current.resolve()), read_only=True) as release:
            return release.execute(_SQL).to_arrow_table().cast(_SCHEMA)
    except duckdb.Error:
        return _SCHEMA.empty_table()
