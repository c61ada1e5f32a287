"""What the release that readers have says of each round, so that a refresh can say what moved: the printed figures as
it computes them, whether printed sentences hold, and how many responses it counts."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from store.paths import DataPaths
from store.warehouse import opened, replace_rows, transaction

TABLE, CLAIMS, ROUNDS = "raw.release__figures", "raw.release__claims", "raw.release__rounds"
_SQL = {
    TABLE: """
        select survey_id, round_id, figure_id, cast(computed_value as varchar) as computed_value
        from marts.publication_reconciliation
        where computed_value is not null
        order by all
    """,
    CLAIMS: "select survey_id, round_id, claim_id, verdict, frame_verdict from marts.claim order by all",
    ROUNDS: "select survey_id, round_id, cast(n_responses as varchar) as n_responses from marts.dim_round order by all",
}
_SCHEMAS = {
    table: pa.schema([(name, pa.string()) for name in ("survey_id", "round_id", *columns)])
    for table, columns in {
        TABLE: ("figure_id", "computed_value"),
        CLAIMS: ("claim_id", "verdict", "frame_verdict"),
        ROUNDS: ("n_responses",),
    }.items()
}


def land_release_figures(paths: DataPaths) -> None:
    """Write the figures of the current release into the warehouse."""
    with opened(paths.warehouse_file) as connection, transaction(connection):
        for table in _SQL:
            replace_rows(connection, table, _released(paths, table))


def _released(paths: DataPaths, table: str) -> pa.Table:
    """What the release has; nothing when there is no release, or none that this version can read."""
    if not paths.current.exists():
        return _SCHEMAS[table].empty_table()
    try:
        with duckdb.connect(str(paths.current.resolve()), read_only=True) as release:
            return release.execute(_SQL[table]).to_arrow_table().cast(_SCHEMAS[table])
    except duckdb.Error:
        return _SCHEMAS[table].empty_table()
