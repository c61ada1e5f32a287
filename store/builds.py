"""Which rounds the next build makes: those that differ from what they were last made of. Others are carried over. Of
many, as many are made at once as fit into memory: the next batch comes to them as if it were new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import duckdb
import pyarrow as pa

from store.fingerprint import code_sha256, sha256_of
from store.warehouse import columns_of, replace_rows, table_signature

PLANNED = "raw.ingest__rounds_planned"  # all that a build makes, by batch
TO_BUILD = "raw.ingest__rounds_to_build"  # the batch that is made now, or was made last
BUILT = "raw.ingest__rounds_built"
KEPT = "raw.ingest__tables_kept"
CARRIED = f"select survey_id, round_id from raw.codebook__rounds except select survey_id, round_id from {PLANNED}"

_Key: TypeAlias = tuple[str, str]
_ROUNDS = pa.schema([(name, pa.string()) for name in ("survey_id", "round_id", "fingerprint")])
_BY_BATCH = _ROUNDS.append(pa.field("batch", pa.int32()))
_TABLES = pa.schema([("table_name", pa.string()), ("n_rows", pa.int64()), ("content_hash", pa.string())])


def plan_build(connection: duckdb.DuckDBPyConnection, most_cells: int | None = None) -> bool:
    """Write down the rounds to build; true when that is all of them, and the tables kept by round are made anew. In a
    batch are as many as have `most_cells` together, or a single one that has more.

    All are built when a table that is kept by round is not as the last build left it.
    """
    now = _made_of(connection)
    built = _made_of_when_built(connection) if _are_tables_as_left(connection) else {}
    planned = {key: made for key, made in now.items() if built.get(key) != made}
    is_all = len(planned) == len(now)
    if is_all:  # of a build that ends between two batches no table has them all
        replace_rows(connection, BUILT, _table(_ROUNDS, []))
    batches = _batches(connection, planned, most_cells)
    rows = [(*key, planned[key], number) for number, batch in enumerate(batches) for key in batch]
    replace_rows(connection, PLANNED, _table(_BY_BATCH, rows))
    begin_batch(connection, 0)
    return is_all


def _batches(
    connection: duckdb.DuckDBPyConnection, planned: Iterable[_Key], most_cells: int | None
) -> list[list[_Key]]:
    if most_cells is None:
        return [[*planned]]
    batches, room = list[list[_Key]](), 0
    n_cells = _n_cells(connection)
    for key in planned:
        room -= n_cells[key]
        if not batches or room < 0:
            batches.append([])
            room = most_cells - n_cells[key]
        batches[-1].append(key)
    return batches


def _n_cells(connection: duckdb.DuckDBPyConnection) -> Mapping[_Key, int]:
    rows = connection.execute("select survey_id, round_id, n_cells::bigint from raw.ingest__loads").fetchall()
    return {(survey_id, round_id): n for survey_id, round_id, n in rows}


def n_batches(connection: duckdb.DuckDBPyConnection) -> int:
    """In how many batches the planned rounds are made; one where there are none: what is not by round is made anew."""
    row = connection.execute(f"select coalesce(max(batch), 0) + 1 from {PLANNED}").fetchone()
    assert row is not None
    return int(row[0])


def begin_batch(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """The models are made of the rounds of this batch next."""
    rows = connection.execute(f"select survey_id, round_id, fingerprint from {PLANNED} where batch = ?", [number])
    replace_rows(connection, TO_BUILD, rows.to_arrow_table().cast(_ROUNDS))


def note_tables(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Note how a build left the tables that are kept by round."""
    rows = [(table, *table_signature(connection, table)) for table in tables]
    replace_rows(connection, KEPT, _table(_TABLES, rows))


def mark_built(connection: duckdb.DuckDBPyConnection) -> None:
    """The rounds to build are built, and checked: the next build carries them over."""
    if not columns_of(connection, BUILT):
        replace_rows(connection, BUILT, _table(_ROUNDS, []))
    connection.execute(f"delete from {BUILT} where (survey_id, round_id) not in ({CARRIED})")
    connection.execute(f"insert into {BUILT} by name select survey_id, round_id, fingerprint from {PLANNED}")


def rounds_planned(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The rounds (survey/round) that the last build was to make."""
    return _keys(connection, PLANNED)


def rounds_made_last(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Those of them that the tables hold which are not kept by round."""
    return _keys(connection, TO_BUILD)


def _keys(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {key for (key,) in connection.execute(f"select survey_id || '/' || round_id from {table}").fetchall()}


def rounds_as_built(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The rounds (survey/round) that a sound build made of what is in the raw tables now."""
    now, built = _made_of(connection), _made_of_when_built(connection)
    return {"/".join(key) for key, made in now.items() if built.get(key) == made}


def _made_of(connection: duckdb.DuckDBPyConnection) -> dict[_Key, str]:
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


def _made_of_when_built(connection: duckdb.DuckDBPyConnection) -> dict[_Key, str]:
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
