"""release_round: the release in which the published rows of each round last changed, and a hash of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from publish.catalogue import Relation, described, quoted
from publish.releases.changes import EARLIER, Contents, attached
from publish.writing.rounds import RoundKey
from store.fingerprint import sha256_of

INSERT = """
insert into release.marts.release_round by name
select survey_id, round_id, round_key, is_synthetic, changed_in, changed_at, content_sha256
from release.marts.dim_round
inner join (
    select unnest($surveys::varchar[]) as survey_id, unnest($rounds::varchar[]) as round_id,
        unnest($numbers::integer[]) as changed_in, unnest($times::timestamp[]) as changed_at,
        unnest($hashes::varchar[]) as content_sha256
) using (survey_id, round_id)
order by round_key
"""
# A value as text, what is not there as \\N, with a sign between that is in no text.
CELL = "coalesce({}::varchar, '\\N')"
TABLE = """
select survey_id, round_id, sha256(string_agg(line, chr(10) order by line)) from (
    select survey_id, round_id, concat_ws(chr(31), {cells}) as line
    from release.marts.{name} where concat(survey_id, '/', round_id) not in (select unnest($kept::varchar[]))
) group by all
"""

Last = tuple[int, datetime, str]


def fill(contents: Contents, relations: Iterable[Relation], earlier: Path | None) -> None:
    """Fill the table of `release`: `relations` are the marts, `earlier` the file of the release that readers have. A
    round that is the same there keeps its release and its hash."""
    connection = contents.connection
    tables = [table for table in sorted(relations, key=lambda table: table.name) if table.is_by_round]
    kept = _kept(contents, tables, earlier) if earlier else {}
    ((number, at),) = connection.execute("select number, created_at from release.marts.release").fetchall()
    anew = {key: (number, at, sha256) for key, sha256 in _hashes(connection, tables, kept).items()}
    last = kept | anew
    columns = zip(*((*key, *changed) for key, changed in last.items()), strict=True) if last else ((),) * 5
    connection.execute(INSERT, dict(zip(("surveys", "rounds", "numbers", "times", "hashes"), columns, strict=True)))


def _kept(contents: Contents, tables: Sequence[Relation], earlier: Path) -> dict[RoundKey, Last]:
    """The rounds that have the same rows in each table there; none where a table had other columns, or where the
    release is of a program that did not tell."""
    connection = contents.connection
    with attached(connection, earlier, EARLIER):
        had = described(connection, f"'{EARLIER}'")
        if "release_round" not in had or any(_shape(had.get(table.name)) != _shape(table) for table in tables):
            return {}
        rows = connection.execute(f"from {EARLIER}.marts.release_round").fetchall()
        differing = {key for table in tables for key in contents.rounds_that_differ(table.name, _names(table))}
    return {(survey, round_): tuple(last) for survey, round_, _, _, *last in rows if (survey, round_) not in differing}


def _shape(table: Relation | None) -> list[tuple[str, str]]:
    return [(column.name, column.data_type) for column in table.columns] if table else []


def _names(table: Relation) -> list[str]:
    return [column.name for column in table.columns]


def _hashes(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Relation], kept: Collection[RoundKey]
) -> Mapping[RoundKey, str]:
    """Of each round that is not kept, over the hashes of its tables."""
    lines: dict[RoundKey, list[str]] = {}
    for table in tables:
        cells = ", ".join(CELL.format(quoted(name)) for name in _names(table))
        sql = TABLE.format(name=quoted(table.name), cells=cells)
        for survey, round_, sha256 in connection.execute(sql, {"kept": [*map("/".join, kept)]}).fetchall():
            lines.setdefault((survey, round_), []).append(f"{table.name} {sha256}\n")
    return {key: sha256_of(*found) for key, found in lines.items()}
