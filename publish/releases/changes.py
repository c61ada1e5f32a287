"""release_table and release_change: what is published, and every published value that differs from the last release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from publish.catalogue import Relation, literal, quoted
from publish.releases.own_tables import OWN_TABLES
from publish.writing.rounds import RoundKey
from store.marts import Mart
from store.warehouse import signature_sql

(COLUMNS,) = (tuple(column.name for column in table.columns) for table in OWN_TABLES if table.name == "release_change")
ROUND_COLUMNS = ("survey_id", "round_id")
EARLIER, LATER = "earlier", "release"


_SIDE = (
    "select table_name, column_name, data_type from duckdb_columns() "
    "where database_name = '{side}' and schema_name = 'marts'"
)
_CAME_OR_WENT = """
select distinct table_name, 'all', 'all', 'table_{change}', 'all', 'all', null, null, null::boolean from {has}
where table_name not in (select table_name from {lacks})
union all
select table_name, 'all', 'all', 'column_{change}', 'all', column_name, {values}, null
from {has} anti join {lacks} using (table_name, column_name, data_type)
where table_name in (select table_name from {lacks})
"""
SHAPES = (
    f"with earlier as ({_SIDE.format(side=EARLIER)}), later as ({_SIDE.format(side=LATER)}) "
    + _CAME_OR_WENT.format(has="later", lacks="earlier", change="added", values="null, data_type")
    + " union all "
    + _CAME_OR_WENT.format(has="earlier", lacks="later", change="removed", values="data_type, null")
)


@dataclass(frozen=True)
class Table:
    """A table of two releases: the columns that tell its rows apart, and the others, which are compared.

    Of a table by round, `rounds` are those of both releases whose rows are not the same: no others are looked at.
    `is_protected` says of a round of dim_round whether its answers are, as SQL.
    """

    name: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    rounds: tuple[RoundKey, ...] = ()
    is_protected: str = "is_protected"

    @property
    def is_by_round(self) -> bool:
        return set(ROUND_COLUMNS) <= {*self.keys, *self.values}

    @property
    def is_by_question(self) -> bool:
        return self.is_by_round and "question_id" in {*self.keys, *self.values}

    @property
    def compared(self) -> tuple[str, ...]:
        return tuple(name for name in self.values if name not in ROUND_COLUMNS)


def fill_tables(
    connection: duckdb.DuckDBPyConnection,
    marts: Iterable[Mart],
    relations: Mapping[str, Relation],
    kept: Mapping[str, int],
) -> None:
    """Fill release.marts.release_table with the tables copied from the warehouse, where they are `relations`.

    `kept` is the number of rows of each table that were there when the release began.
    """
    for mart in marts:
        connection.execute(
            "insert into release.marts.release_table "
            f"select $name, $comment, $key, count(*), $n_kept from release.marts.{quoted(mart.name)}",
            {
                "name": mart.name,
                "comment": relations[mart.name].comment,
                "key": ", ".join(mart.key),
                "n_kept": kept.get(mart.name, 0),
            },
        )


@dataclass(frozen=True)
class Contents:
    """What each round has in the tables of two databases: how many rows, and a hash of them whatever their order.
    Comparing rows costs hundreds of times as much; and a table is read once, however often it is asked for."""

    connection: duckdb.DuckDBPyConnection
    later: str
    _read: dict[tuple[str, ...], Mapping[RoundKey, tuple[int, str]]] = field(default_factory=dict)

    def rounds_that_differ(self, table: str, columns: Iterable[str]) -> set[RoundKey]:
        """Rounds whose rows in a table by round are not the same in both."""
        earlier, later = (self.of(database, table, columns) for database in (EARLIER, self.later))
        return {key for key in earlier.keys() | later.keys() if earlier.get(key) != later.get(key)}

    def of(self, database: str, table: str, columns: Iterable[str]) -> Mapping[RoundKey, tuple[int, str]]:
        listed = sorted(columns)
        key = (database, table, *listed)
        if key not in self._read:
            signature = signature_sql(f"row({', '.join(map(quoted, listed))})")
            rows = self.connection.execute(
                f"select survey_id, round_id, {signature} from {database}.marts.{quoted(table)} group by all"
            ).fetchall()
            self._read[key] = {(survey, round_): (n, content) for survey, round_, n, content in rows}
        return self._read[key]


def fill_changes(contents: Contents, earlier: Path | None) -> None:
    """Fill release.marts.release_change; it stays empty without an earlier release."""
    if earlier is not None:
        connection = contents.connection
        with attached(connection, earlier, EARLIER):
            for sql in _comparisons(contents):
                connection.execute(f"insert into release.marts.release_change {sql}")


def rounds_only_come(contents: Contents, earlier: Path, tables: Mapping[str, Sequence[str]]) -> bool:
    """Whether what is to be published has every round of `earlier` as it was; columns by table."""
    with attached(contents.connection, earlier, EARLIER):
        return not any(
            contents.rounds_that_differ(name, columns) & contents.of(EARLIER, name, columns).keys()
            for name, columns in tables.items()
        )


def changes_between(earlier: Path, later: Path) -> list[dict[str, str]]:
    """Every difference of two release files, by the columns of release_change, in their order."""
    found: list[tuple[str, ...]] = []
    with duckdb.connect() as connection, attached(connection, earlier, EARLIER), attached(connection, later, LATER):
        for sql in _comparisons(Contents(connection, LATER)):
            found += connection.execute(sql).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in sorted(found, key=str)]


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> Iterator[None]:
    connection.execute(f"attach {literal(str(file))} as {name} (read_only)")
    try:
        yield
    finally:
        connection.execute("use memory")
        connection.execute(f"detach {name}")


def _comparisons(contents: Contents) -> Iterator[str]:
    """SQL for the tables and columns that only one release has, and for the differences of each table that both have,
    views left out: they repeat their tables."""
    yield SHAPES
    connection = contents.connection
    later = _columns(connection, LATER)
    both = _columns(connection, EARLIER).items() & later.items()
    # Releases from before there was the column hid real answers, and no others.
    is_protected = "is_protected" if ("dim_round", "is_protected") in later else "not is_synthetic"
    shared: dict[str, list[str]] = {}
    for (of_table, column), _ in sorted(both):
        shared.setdefault(of_table, []).append(column)
    for name, key_columns in _keys(connection):
        key, columns = tuple(key_columns.split(", ")), shared.get(name, [])
        if set(key) <= set(columns):
            values = tuple(column for column in columns if column not in key)
            table = Table(name, key, values, is_protected=is_protected)
            if table.is_by_round:
                yield _rounds_sql(table)
                table = replace(table, rounds=_rounds_that_differ(contents, table))
            if table.rounds or not table.is_by_round:
                yield _rows_sql(table)
                yield from (_values_sql(table, column) for column in table.compared)
                if table.is_by_question:
                    yield _answers_sql(table)


def _keys(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    sql = f"select table_name, key_columns from {LATER}.marts.release_table order by all"
    return connection.execute(sql).fetchall()


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "select columns.table_name, columns.column_name, columns.data_type from duckdb_columns() as columns "
        "inner join duckdb_tables() as tables using (database_name, schema_name, table_name) "
        "where database_name = $database and schema_name = 'marts'",
        {"database": database},
    ).fetchall()
    return {(table, column): data_type for table, column, data_type in rows}


def _place(table: Table, side: str) -> str:
    """The first columns of release_change: table, survey and round."""
    of_round = (f"{side}.{name}" if name in {*table.keys, *table.values} else "'all'" for name in ROUND_COLUMNS)
    return ", ".join([literal(table.name), *of_round])


def _is_made_up(table: Table, side: str) -> str:
    """The last column of release_change."""
    return f"{side}.is_synthetic" if "is_synthetic" in table.values else "null::boolean"


def _row(table: Table, side: str) -> str:
    named = [f"{literal(name + '=')} || {side}.{quoted(name)}::varchar" for name in table.keys if name != "round_key"]
    return f"concat_ws(', ', {', '.join(named)})" if named else "'all'"


def _rounds_that_differ(contents: Contents, table: Table) -> tuple[RoundKey, ...]:
    """Those of both releases."""
    both = " intersect ".join(f"select survey_id, round_id from {side}.marts.dim_round" for side in (EARLIER, LATER))
    found = contents.rounds_that_differ(table.name, (*table.keys, *table.values))
    return tuple(sorted(found & {*contents.connection.execute(both).fetchall()}))


def _is_looked_at(table: Table, *sides: str) -> str:
    """Rounds that only one of the releases has are told whole."""
    rounds = ", ".join(f"({literal(survey_id)}, {literal(round_id)})" for survey_id, round_id in table.rounds)
    of_sides = (f"({side}.survey_id, {side}.round_id) in ({rounds})" for side in sides)
    return " and ".join(of_sides) if table.is_by_round else "true"


def _rounds_sql(table: Table) -> str:
    """A row per round that came or went whole, with the number of its rows."""
    sides = ((LATER, EARLIER, "added", "'0', count(*)::varchar"), (EARLIER, LATER, "removed", "count(*)::varchar, '0'"))
    made_up = "bool_and(side.is_synthetic)" if "is_synthetic" in table.values else "null::boolean"
    return " union all ".join(
        f"select {_place(table, 'side')}, 'round_{change}', 'all', 'n_rows', {counts}, {made_up} "
        f"from {has}.marts.{quoted(table.name)} as side "
        f"where (survey_id, round_id) in (select (survey_id, round_id) from {has}.marts.dim_round) "
        f"and (survey_id, round_id) not in (select (survey_id, round_id) from {lacks}.marts.dim_round) "
        "group by survey_id, round_id"
        for has, lacks, change, counts in sides
    )


def _rows_sql(table: Table) -> str:
    """A row per row that only one of the releases has."""
    sides = ((LATER, EARLIER, "added", "'0', '1'"), (EARLIER, LATER, "removed", "'1', '0'"))
    return " union all ".join(
        f"select {_place(table, 'side')}, 'row_{change}', {_row(table, 'side')}, 'n_rows', {counts}, "
        f"{_is_made_up(table, 'side')} "
        f"from {has}.marts.{quoted(table.name)} as side "
        f"anti join {lacks}.marts.{quoted(table.name)} as other on {_same(table.keys)} "
        f"where {_is_looked_at(table, 'side')} and {_is_open(table)}"
        for has, lacks, change, counts in sides
    )


def _values_sql(table: Table, column: str) -> str:
    """A row per value of one column that differs; of protected answers none that is told no more."""
    name = quoted(column)
    is_told = f"({_is_open_round(table)} or side.{name} is not null)" if table.is_by_question else "true"
    return (
        f"select {_place(table, 'side')}, 'value_changed', {_row(table, 'side')}, {literal(column)}, "
        f"other.{name}::varchar, side.{name}::varchar, {_is_made_up(table, 'side')} "
        f"from {LATER}.marts.{quoted(table.name)} as side "
        f"inner join {EARLIER}.marts.{quoted(table.name)} as other on {_same(table.keys)} "
        f"where side.{name} is distinct from other.{name} and {_is_looked_at(table, 'side', 'other')} "
        f"and {_is_open(table)} and {is_told}"
    )


def _is_open(table: Table) -> str:
    """Whether all may know what differs: the round is not protected, or the answers are public facts, or the row is of
    no question. By what respondents say a row is as closed as that is."""
    if not table.is_by_question:
        return "true"
    questions = f"select (survey_id, question_id) from {LATER}.marts.dim_question where disclosure"
    is_fact = f"(side.survey_id, side.question_id) in ({questions} = 'public_fact')"
    if "breakdown" in {*table.keys, *table.values}:
        closed = f"(side.survey_id, side.breakdown) in ({questions} <> 'public_fact')"
        is_fact += f" and side.breakdown <> 'role' and not {closed}"
    return f"({_is_open_round(table)} or side.question_id is null or ({is_fact}))"


def _is_open_round(table: Table) -> str:
    """Whether nothing needs hiding in the round of a row."""
    protected = f"select (survey_id, round_id) from {LATER}.marts.dim_round where {table.is_protected}"
    return f"(side.survey_id, side.round_id) not in ({protected})"


def _answers_sql(table: Table) -> str:
    """A row per question that is not open and of which anything differs: one late answer changes its own cells only."""
    columns = ", ".join(map(quoted, (*table.keys, *table.values)))
    rows = {side: f"select {columns} from {side}.marts.{quoted(table.name)}" for side in (EARLIER, LATER)}
    differing = " union all ".join(
        f"({rows[one]} except {rows[other]})" for one, other in ((LATER, EARLIER), (EARLIER, LATER))
    )
    return (
        f"select distinct {_place(table, 'side')}, 'answers_changed', 'question_id=' || side.question_id, 'all', "
        f"null, null, side.is_synthetic from ({differing}) as side "
        f"where {_is_looked_at(table, 'side')} and not {_is_open(table)}"
    )


def _same(keys: Sequence[str]) -> str:
    return " and ".join(f"side.{quoted(name)} is not distinct from other.{quoted(name)}" for name in keys)
