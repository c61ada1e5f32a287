"""What of the inputs goes where in the warehouse, and what is there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from ingest.codebook.round import Round, delivered_unread
from ingest.codebook.rounds import SURVEY_FILES, files_of_round, round_folder, round_keys, split_key, survey_folders
from ingest.landing import privacy, raw_tables
from ingest.landing.cells import round_number
from ingest.landing.inputs import SurveyInputs, round_sources, survey_sources
from ingest.landing.raw_tables import CELLS
from ingest.landing.responses import ResponseFile
from ingest.landing.texts import hashes_of_texts
from ingest.reference.practices import Practices
from ingest.reference.registry import Registry
from ingest.reference.sources import SourceFile, describe_file, describe_files
from ingest.reference.systems import Systems
from store.fingerprint import combined_sha256, file_sha256
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import Where, add_rows, columns_of, opened, replace_rows

SOURCES = "raw.ingest__sources"
LOADS = "raw.ingest__loads"
OF_ALL = ""  # in place of a survey: what all are checked against
# Tables whose rows name a round and are their survey's all the same.
OF_SURVEYS = (
    "raw.codebook__published_figures", "raw.codebook__claims", "raw.codebook__claim_figures",
    "raw.codebook__comparability",
)  # fmt: skip


class Replacement(NamedTuple):
    """The rows of a raw table that `where` names (all without it) become `rows`; with `is_more`, `rows` too."""

    table: str
    rows: pa.Table
    where: Where | None = None
    is_more: bool = False


@dataclass(frozen=True)
class StoredRound:
    """What the warehouse holds of a round."""

    content_sha256: str
    n_rows: int
    n_unreadable: int


def registry_replacements(paths: DataPaths, registry: Registry) -> Iterator[Replacement]:
    """The registry's tables, whole."""
    for table, rows in raw_tables.registry_rows(registry, paths).items():
        yield Replacement(table, raw_tables.make_table(table, rows))
    yield _sources_replacement(paths, registry.sources, {"kind": "registry"})


def systems_replacements(paths: DataPaths, systems: Systems) -> Iterator[Replacement]:
    """The inventory's tables, whole."""
    for table, rows in raw_tables.systems_rows(systems, paths).items():
        yield Replacement(table, raw_tables.make_table(table, rows))
    yield _sources_replacement(paths, systems.sources, {"kind": "systems"})


def practices_replacements(paths: DataPaths, practices: Practices) -> Iterator[Replacement]:
    """The tables of themes and practices, whole."""
    for table, rows in raw_tables.practices_rows(practices, paths).items():
        yield Replacement(table, raw_tables.make_table(table, rows))
    yield _sources_replacement(paths, practices.sources, {"kind": "practices"})


def survey_replacements(paths: DataPaths, inputs: SurveyInputs) -> Iterator[Replacement]:
    """A survey's codebook."""
    survey = inputs.survey
    sources = survey_sources(survey)
    borrowed = describe_files(dict.fromkeys(survey.borrowed), "practices", None)
    for table, rows in raw_tables.survey_rows(survey, inputs.conditions, [*sources, *borrowed], paths).items():
        where = {"survey_id": survey.survey_id}
        narrow = where | {"round_id": None} if table == "raw.codebook__conditions" else where
        yield Replacement(table, raw_tables.make_table(table, rows), narrow)
    where_survey: dict[str, str | None] = {"survey_id": survey.survey_id, "round_id": None}
    yield _sources_replacement(paths, sources, where_survey)


def round_replacements(paths: DataPaths, round_: Round, files: Sequence[ResponseFile]) -> Iterator[Replacement]:
    """What a round's folder says of it, its rows and cells, its source files, and the mark that they were loaded."""
    kept = privacy.of_survey(paths, round_.survey_id)
    hashes = hashes_of_texts(round_, files, kept)
    for table, described in raw_tables.round_rows(round_, round_sources(round_), hashes, paths).items():
        yield Replacement(table, raw_tables.make_table(table, described), _where(round_.key))
    number, n_rows = round_number(round_.key), Counter[str]()
    as_kept, tokens_of = [kept.kept(round_, file) for file in files], partial(kept.response_tokens, round_)
    for table, rows in raw_tables.response_rows(round_, as_kept, tokens_of, paths):
        where = {"round_number": number} if table == CELLS else _where(round_.key)
        yield Replacement(table, rows, where, is_more=table in n_rows)
        n_rows[table] += rows.num_rows
    responses = [
        describe_file(
            file.path, "responses", len(file.table.rows), round_.card_as_read, round_.survey_id, round_.round_id
        )
        for file in files
    ]
    yield _sources_replacement(paths, [*round_sources(round_), *responses], _where(round_.key))
    counts = {f"n_{table.rpartition('__')[2]}": str(n) for table, n in n_rows.items()}
    made_of = {"round_number": str(number), "content_sha256": made_of_round(paths, round_.key)}
    mark = {**_where(round_.key), **made_of, **counts}
    yield Replacement(LOADS, raw_tables.make_table(LOADS, [mark]), _where(round_.key))


def _sources_replacement(paths: DataPaths, sources: Iterable[SourceFile], where: Where) -> Replacement:
    return Replacement(SOURCES, raw_tables.make_table(SOURCES, raw_tables.source_rows(sources, paths)), where)


def _where(key: str) -> dict[str, str | None]:
    survey_id, round_id = split_key(key)
    return {"survey_id": survey_id, "round_id": round_id}


def made_of_round(paths: DataPaths, key: str) -> str:
    """One hash of all that decides a round's rows and cells: the files of its folder, who was erased and the key that
    ids are hashed with, and the code that reads them."""
    kept = privacy.of_survey(paths, split_key(key)[0]).sha256
    unread = delivered_unread(round_folder(paths, key))
    files = [file for file in files_of_round(paths, key) if file not in unread]
    return f"{combined_sha256(paths.root, files)}-{kept}-{_reading_code_sha256()}"


@cache
def _reading_code_sha256() -> str:
    """One hash of the code that reads: once, because a process goes on with the code that it began with."""
    rooms = (PROJECT_ROOT / room for room in ("faults", "store", "ingest"))
    return combined_sha256(PROJECT_ROOT, [file for room in rooms for file in sorted(room.rglob("*.py"))])


def rounds_to_read(paths: DataPaths, keys: Collection[str]) -> list[str]:
    """Those of the rounds whose files, or whose survey's codebook, are not what the warehouse holds.

    All of them when the registry, the inventory or the practices changed: each round is checked against them.
    """
    stored = stored_rounds(paths)
    changed = _changed(paths, {split_key(key)[0] for key in keys}) if stored else {OF_ALL}
    return [key for key in keys if changed & {OF_ALL, split_key(key)[0]} or not is_round_stored(paths, key, stored)]


def is_round_stored(paths: DataPaths, key: str, stored: Mapping[str, StoredRound]) -> bool:
    """Whether the warehouse holds a round as its files are now."""
    return key in stored and stored[key].content_sha256 == made_of_round(paths, key)


def _changed(paths: DataPaths, surveys: Collection[str]) -> set[str]:
    """Those of the surveys whose codebook is not what the warehouse holds, and OF_ALL where registry, inventory or
    practices are not."""
    files = {survey_id: [paths.surveys / survey_id / name for name in SURVEY_FILES] for survey_id in surveys}
    files[OF_ALL] = [*paths.registry.rglob("*.csv"), paths.inventory, *paths.practices.glob("*.csv")]
    now = {(owner, *each) for owner, of_owner in files.items() for each in _hashes(paths, of_owner).items()}
    with opened(paths.warehouse_file, read_only=True) as connection:
        sql = f"select coalesce(survey_id, '{OF_ALL}'), source_file, sha256 from {SOURCES} where round_id is null"
        stored = {row for row in connection.execute(sql).fetchall() if row[0] in files}
    return {owner for owner, *_ in now ^ stored}


def _hashes(paths: DataPaths, files: Iterable[Path]) -> dict[str, str]:
    return {file.relative_to(paths.root).as_posix(): file_sha256(file) for file in files if file.is_file()}


def stored_rounds(paths: DataPaths) -> dict[str, StoredRound]:
    """The rounds whose rows and cells are in the warehouse, all of them, by key; none when its raw tables are not of
    this version."""
    if not paths.warehouse_file.exists():
        return {}
    with opened(paths.warehouse_file, read_only=True) as connection:
        if any(columns_of(connection, table) != list(columns) for table, columns in raw_tables.COLUMNS.items()):
            return {}
        found = connection.execute(_STORED_SQL).fetchall()
    return {f"{survey}/{round_}": StoredRound(content, int(n), int(bad)) for survey, round_, content, n, bad in found}


_STORED_SQL = """
with rows as (
    select survey_id, round_id, count(*) as n_rows, count(*) filter (row_status = 'unreadable') as n_unreadable
    from raw.surveys__rows
    group by all
),

cells as (
    select round_number::varchar as round_number, count(*) as n_cells
    from raw.surveys__cells
    group by all
),

said as (
    select survey_id, round_id, count(*) as n_values
    from raw.surveys__values
    group by all
)

select
    loads.survey_id,
    loads.round_id,
    loads.content_sha256,
    loads.n_rows,
    coalesce(rows.n_unreadable, 0) as n_unreadable
from raw.ingest__loads as loads
left join rows using (survey_id, round_id)
left join cells using (round_number)
left join said using (survey_id, round_id)
where
    loads.n_rows = coalesce(rows.n_rows, 0)
    and loads.n_cells = coalesce(cells.n_cells, 0)
    and loads.n_values = coalesce(said.n_values, 0)
"""


def removals(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> Iterator[Replacement]:
    """The empty replacements of surveys and rounds that have no folder any more."""
    surveys = {folder.name for folder in survey_folders(paths)}
    keys = set(round_keys(paths))
    for table, columns in raw_tables.COLUMNS.items():
        if (table == CELLS or "survey_id" in columns) and columns_of(connection, table) == list(columns):
            for where in _gone(connection, table, "round_id" in columns, surveys, keys):
                yield Replacement(table, raw_tables.make_table(table, []), where)


def _gone(
    connection: duckdb.DuckDBPyConnection, table: str, has_round: bool, surveys: set[str], keys: set[str]
) -> list[Where]:
    """The surveys and rounds of a table without a folder; what is printed of a round needs none, nor do comparisons."""
    if table == CELLS:
        numbers = connection.execute(f"select distinct round_number from {table}").fetchall()
        known = set(map(round_number, keys))
        return [{"round_number": number} for (number,) in numbers if number not in known]
    if not has_round or table in OF_SURVEYS:
        found = connection.execute(f"select distinct survey_id from {table} where survey_id is not null").fetchall()
        return [{"survey_id": survey_id} for (survey_id,) in found if survey_id not in surveys]
    found = connection.execute(
        f"select distinct survey_id, round_id from {table} where survey_id is not null order by all"
    ).fetchall()
    return [
        {"survey_id": survey_id, "round_id": round_id}
        for survey_id, round_id in found
        if (survey_id not in surveys if round_id is None else f"{survey_id}/{round_id}" not in keys)
    ]


def apply(connection: duckdb.DuckDBPyConnection, replacements: Iterable[Replacement]) -> set[str]:
    """Write replacements, within a transaction of the caller; the tables that were written."""
    written = set()
    for table, rows, where, is_more in replacements:
        if is_more:
            add_rows(connection, table, rows)
        else:
            replace_rows(connection, table, rows, where)
        written.add(table)
    return written
