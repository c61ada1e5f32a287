"""Which rounds the next build makes: those that differ from what they were last made of. Others are carried over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from store.fingerprint import code_sha256, sha256_of
from store.warehouse import columns_of, replace_rows, table_signature

TO_BUILD = "raw.ingest__rounds_to_build"
BUILT = "raw.ingest__rounds_built"
KEPT = "raw.ingest__tables_kept"
CARRIED = f"select survey_id, round_id from raw.codebook__rounds except select survey_id, round_id from {TO_BUILD}"

_ROUNDS = pa.schema([(name, pa.string()) for name in ("survey_id", "round_id", "fingerprint")])
_TABLES = pa.schema([("table_name", pa.string()), ("n_rows", pa.int64()), ("content_hash", pa.string())])


def plan_build(connection: duckdb.DuckDBPyConnection) -> bool:
    """Write down the rounds to build; true when that is all of them, and the tables kept by round are made anew.

    All are built when a table that is kept by round is not as the last build left it.
    """
    now = _made_of(connection)
    built = _made_of_when_built(connection) if _are_tables_as_left(connection) else {}
    planned = [(*key, made) for key, made in now.items() if built.get(key) != made]
    is_all = len(planned) == len(now)
    replace_rows(connection, TO_BUILD, _table(_ROUNDS, planned))
    return is_all


def note_tables(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Note how a build left the tables that are kept by round."""
    rows = [(table, *table_signature(connection, table)) for table in tables]
    replace_rows(connection, KEPT, _table(_TABLES, rows))


def mark_built(connection: duckdb.DuckDBPyConnection) -> None:
    """The rounds to build are built, and checked: the next build carries them over."""
    if not columns_of(connection, BUILT):
        replace_rows(connection, BUILT, _table(_ROUNDS, []))
    connection.execute(f"delete from {BUILT} where (survey_id, round_id) not in ({CARRIED})")
    connection.execute(f"insert into {BUILT} from {TO_BUILD}")


def rounds_planned(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The rounds (survey/round) that the last build was to make."""
    rows = connection.execute(f"select survey_id || '/' || round_id from {TO_BUILD}").fetchall()
    return {key for (key,) in rows}


def rounds_as_built(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The rounds (survey/round) that a sound build made of what is in the raw tables now."""
    now, built = _made_of(connection), _made_of_when_built(connection)
    return {"/".join(key) for key, made in now.items() if built.get(key) == made}


def _made_of(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """What each round in the warehouse is made of, as one hash: its files, its codebook, registry, inventory, code."""
    if not columns_of(connection, "raw.ingest__loads"):
        return {}
    rows = connection.execute(_MADE_OF_SQL).fetchall()
    code = code_sha256()
    return {
        (survey_id, round_id): sha256_of(f"{content}-{sources}-{code}")
        for survey_id, round_id, content, sources in rows
    }


_MADE_OF_SQL = """
select
    loads.survey_id,
    loads.round_id,
    loads.content_sha256,
    string_agg(sources.sha256, '' order by sources.source_file) as sources
from raw.ingest__loads as loads
inner join raw.codebook__rounds as rounds using (survey_id, round_id)
left join raw.ingest__sources as sources
    on sources.survey_id is null or (sources.survey_id = loads.survey_id and sources.round_id is null)
group by all
order by all
"""


def _made_of_when_built(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    if not columns_of(connection, BUILT):
        return {}
    rows = connection.execute(f"select survey_id, round_id, fingerprint from {BUILT}").fetchall()
    return {(survey_id, round_id): made for survey_id, round_id, made in rows}


def _are_tables_as_left(connection: duckdb.DuckDBPyConnection) -> bool:
    if not columns_of(connection, KEPT):
        return False
    left = connection.execute(f"select table_name, n_rows, content_hash from {KEPT}").fetchall()
    return bool(left) and all(
        columns_of(connection, table) and table_signature(connection, table) == (n_rows, content)
        for table, n_rows, content in left
    )


def _table(schema: pa.Schema, rows: Sequence[Sequence[object]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
