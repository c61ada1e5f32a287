"""The pages of a release as files: one of each round in each language of its survey, with a workbook beside it, and an
index in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from publish.report.pages import FOLDER
from publish.results.index import file_name, index
from publish.results.page import page, workbook_name
from publish.results.reading import Labels, RoundResults, read_rows
from publish.results.workbook import workbook

ROUNDS = "select survey_id, round_id, round_key from marts.dim_round order by all"
LANGUAGES = """
    select thing_key, list(language order by language) from marts.label where thing = 'survey' group by all order by all
"""


# What a release of an earlier program may lack, and pages need.
NEEDED = {
    ("dim_code", "label_en"), ("dim_answer", "is_dont_know"), ("dim_breakdown", "breakdown_order"),
    ("dim_question", "section_id"), ("dim_question", "is_ordered"), ("dim_county", "tile_column"),
    ("finding", "sentence"),
}  # fmt: skip
COLUMNS = "select table_name, column_name from duckdb_columns() where database_name = current_database()"


def index_name(language: str) -> str:
    """The name of the index in a language."""
    return f"index.{language}.html"


def file_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The pages and workbooks of the release that is open, by their place in its folder."""
    return {f"{FOLDER}/{name}" for name in _names(connection)} if _has_what_is_needed(connection) else set()


def write(connection: duckdb.DuckDBPyConnection, folder: Path, release: str) -> None:
    """Write the pages and workbooks of the release that is open to report/ of a new folder, where the release holds
    what they tell.

    The first line of a page says which release it is of: `release` is its number and hash.
    """
    if _has_what_is_needed(connection):
        _write(connection, folder / FOLDER, f"<!-- release {release} -->")


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, mark: str) -> None:
    """What is read of a round is read once, for its page and its workbook."""
    for name, text in _indexes(connection, mark):
        (folder / name).write_text(text, encoding="utf-8")
    for name, results in rounds(connection):
        (folder / name).write_text(page(results, mark), encoding="utf-8")
        (folder / workbook_name(name)).write_bytes(workbook(results))


def _has_what_is_needed(connection: duckdb.DuckDBPyConnection) -> bool:
    return {*connection.execute(COLUMNS).fetchall()} >= NEEDED


def _names(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    found = languages_of(connection)
    for row in read_rows(connection, ROUNDS):
        for name in (file_name(row, language, found) for language in found[row["survey_id"]]):
            yield from (name, workbook_name(name))
    yield from map(index_name, {language for languages in found.values() for language in languages})


def pages(connection: duckdb.DuckDBPyConnection, mark: str) -> Iterator[tuple[str, str]]:
    """The pages of the release that the connection has open, each with its name."""
    yield from _indexes(connection, mark)
    yield from ((name, page(results, mark)) for name, results in rounds(connection))


def _indexes(connection: duckdb.DuckDBPyConnection, mark: str) -> Iterator[tuple[str, str]]:
    found = languages_of(connection)
    for labels in _labels(connection):
        yield index_name(labels.language), index(connection, labels, found, mark)


def rounds(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, RoundResults]]:
    """Each round in each language of its survey, with the name of its page."""
    found, told = languages_of(connection), read_rows(connection, ROUNDS)
    for labels in _labels(connection):
        for row in told:
            if labels.language in found[row["survey_id"]]:
                results = RoundResults(connection, labels, row["survey_id"], row["round_id"])
                yield file_name(row, labels.language, found), results


def _labels(connection: duckdb.DuckDBPyConnection) -> Iterator[Labels]:
    for language in sorted({language for languages in languages_of(connection).values() for language in languages}):
        yield Labels(connection, language)


def languages_of(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Sequence[str]]:
    """The languages of each survey."""
    return dict(connection.execute(LANGUAGES).fetchall())
