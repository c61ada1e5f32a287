"""What of the inputs goes where in the warehouse, and what is there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pyarrow as pa

from ingest import raw_tables
from ingest.fingerprint import combined_sha256
from ingest.inputs import SurveyInputs, round_sources, survey_sources
from ingest.paths import PROJECT_ROOT, DataPaths
from ingest.registry import Registry
from ingest.responses import ResponseFile
from ingest.round import Round
from ingest.rounds import round_keys, split_key, survey_folders
from ingest.sources import CARD_NAME, SourceFile, describe_file
from ingest.systems import Systems
from ingest.warehouse import columns_of, opened, replace_rows

SOURCES = "raw.ingest__sources"
LOADS = "raw.ingest__loads"


class Replacement(NamedTuple):
    """The rows of a raw table that `where` names (all without it) become `rows`."""

    table: str
    rows: pa.Table
    where: Mapping[str, str | None] | None = None


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


def survey_replacements(paths: DataPaths, inputs: SurveyInputs) -> Iterator[Replacement]:
    """A survey's codebook, and what its rounds' folders say of them; not their responses."""
    survey = inputs.survey
    sources = survey_sources(survey)
    for table, rows in raw_tables.survey_rows(survey, inputs.conditions, sources, paths).items():
        where = {"survey_id": survey.survey_id}
        narrow = where | {"round_id": None} if table == "raw.codebook__conditions" else where
        yield Replacement(table, raw_tables.make_table(table, rows), narrow)
    where_survey: dict[str, str | None] = {"survey_id": survey.survey_id, "round_id": None}
    yield _sources_replacement(paths, sources, where_survey)
    for round_ in inputs.rounds:
        for table, rows in raw_tables.round_rows(round_, round_sources(round_), paths).items():
            yield Replacement(table, raw_tables.make_table(table, rows), _where(round_.key))


def response_replacements(paths: DataPaths, round_: Round, files: Sequence[ResponseFile]) -> Iterator[Replacement]:
    """A round's rows and cells, its source files, and the mark that they were loaded."""
    tables = raw_tables.response_rows(round_, files, paths)
    for table, rows in tables.items():
        yield Replacement(table, rows, _where(round_.key))
    responses = [
        describe_file(file.path, "responses", len(file.rows), round_.card, round_.survey_id, round_.round_id)
        for file in files
    ]
    yield _sources_replacement(paths, [*round_sources(round_), *responses], _where(round_.key))
    counts = [str(rows.num_rows) for rows in tables.values()]
    mark = (round_.survey_id, round_.round_id, content_sha256(paths, round_), *counts)
    yield Replacement(LOADS, raw_tables.make_table(LOADS, [mark]), _where(round_.key))


def _sources_replacement(
    paths: DataPaths, sources: Iterable[SourceFile], where: Mapping[str, str | None]
) -> Replacement:
    return Replacement(SOURCES, raw_tables.make_table(SOURCES, raw_tables.source_rows(sources, paths)), where)


def _where(key: str) -> dict[str, str | None]:
    survey_id, round_id = split_key(key)
    return {"survey_id": survey_id, "round_id": round_id}


def content_sha256(paths: DataPaths, round_: Round) -> str:
    """One hash of all that decides a round's rows and cells: its files, its card, and the code that reads them."""
    described = (round_.places.path, round_.columns_file, round_.recodes_file, round_.corrections_file)
    files = [*described, round_.folder / CARD_NAME, *round_.response_files]
    inputs = combined_sha256(paths.root, (file for file in files if file.is_file()))
    code = combined_sha256(PROJECT_ROOT, sorted((PROJECT_ROOT / "ingest").rglob("*.py")))
    return f"{inputs}-{code}"


def stored_rounds(paths: DataPaths) -> dict[str, StoredRound]:
    """The rounds whose rows and cells are in the warehouse, all of them, by key."""
    if not paths.warehouse_file.exists():
        return {}
    with opened(paths.warehouse_file, read_only=True) as connection:
        needed = (LOADS, "raw.surveys__rows", "raw.surveys__cells")
        if any(columns_of(connection, table) != list(raw_tables.COLUMNS[table]) for table in needed):
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
    select survey_id, round_id, count(*) as n_cells
    from raw.surveys__cells
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
left join cells using (survey_id, round_id)
where loads.n_rows = coalesce(rows.n_rows, 0) and loads.n_cells = coalesce(cells.n_cells, 0)
"""


def removals(connection: duckdb.DuckDBPyConnection, paths: DataPaths) -> Iterator[Replacement]:
    """The empty replacements of surveys and rounds that have no folder any more."""
    surveys = {folder.name for folder in survey_folders(paths)}
    keys = set(round_keys(paths))
    for table, columns in raw_tables.COLUMNS.items():
        if "survey_id" in columns and columns_of(connection, table) == list(columns):
            for where in _gone(connection, table, "round_id" in columns, surveys, keys):
                yield Replacement(table, raw_tables.make_table(table, []), where)


def _gone(
    connection: duckdb.DuckDBPyConnection, table: str, has_round: bool, surveys: set[str], keys: set[str]
) -> list[Mapping[str, str | None]]:
    """The surveys and rounds of a table without a folder; printed figures of a round need no round."""
    if not has_round or table == "raw.codebook__published_figures":
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


def apply(connection: duckdb.DuckDBPyConnection, replacements: Iterable[Replacement]) -> None:
    """Write replacements, within a transaction of the caller."""
    for table, rows, where in replacements:
        replace_rows(connection, table, rows, where)
