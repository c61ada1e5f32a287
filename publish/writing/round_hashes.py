"""A hash of all that the files of a round can tell: equal hashes, equal files. New tables are in it by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from publish.catalogue import Relation, described, quoted
from publish.writing.rounds import RoundKey, round_keys
from store.fingerprint import sha256_of
from store.warehouse import signature_sql

# What changes with each release: a page of a round that told it would be of its own release only.
OF_THE_RELEASE = {"release", "release_table", "release_change"}
OWNER = "split_part(thing_key, '/', 1)"  # of a label: its survey, or what is no survey
THINGS_OF_A_ROUND = "'round', 'reading_note', 'interview_chosen', 'interview_topics'"  # their key names it second
PROGRAM = "select code_sha256 from marts.release"


def hash_rounds(connection: duckdb.DuckDBPyConnection) -> Mapping[RoundKey, str]:
    """Of each round of the release that is open."""
    program = connection.execute(PROGRAM).fetchall()
    parts = {name: list(_parts(connection, table)) for name, table in tables(connection).items()}
    told = {}
    for key in round_keys(connection):
        found = {name: sorted(content for of, content in rows if _is_told(of, key)) for name, rows in parts.items()}
        told[key] = sha256_of(repr((program, found)))
    return told


def tables(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Relation]:
    """The tables that are looked at; views only repeat them."""
    found = described(connection, "current_database()")
    return {name: table for name, table in found.items() if not table.is_view and name not in OF_THE_RELEASE}


def scope(table: Relation) -> tuple[str, str]:
    """Survey and round that a row of the table is of, as SQL: null or 'all' where it is of more."""
    columns = {column.name for column in table.columns}
    if "thing_key" in columns:
        survey = f"case when {OWNER} in (select survey_id from marts.dim_round) then {OWNER} end"
        return survey, f"case when thing in ({THINGS_OF_A_ROUND}) then split_part(thing_key, '/', 2) end"
    return ("survey_id" if "survey_id" in columns else "null", "round_id" if "round_id" in columns else "null")


Scope = tuple[str | None, str | None]


def _parts(connection: duckdb.DuckDBPyConnection, table: Relation) -> Iterator[tuple[Scope, tuple[int, int]]]:
    survey, round_ = scope(table)
    columns = ", ".join(quoted(column.name) for column in table.columns)
    signature = signature_sql(f"row({columns})")
    sql = f"select {survey} as a, {round_} as b, {signature} from marts.{quoted(table.name)} group by a, b"
    for of_survey, of_round, n, content in connection.execute(sql).fetchall():
        yield (of_survey, of_round), (n, content)


def _is_told(of: Scope, key: RoundKey) -> bool:
    return all(part in (None, "all", own) for part, own in zip(of, key, strict=True))
