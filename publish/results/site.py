"""The pages of a release as files: one of each round in each language of its survey, and an index in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial

import duckdb

from publish.results.index import file_name, index
from publish.results.page import page
from publish.results.reading import Labels, RoundResults, Row, read_rows
from publish.writing.files import PageFile
from publish.writing.rounds import RoundKey, languages_of

ROWS_KEPT = 32  # answers to the queries of a round: the pages of a round in all languages follow each other
ROUNDS = "select survey_id, round_id from marts.dim_round order by all"
# What a release of an earlier program may lack, and pages need.
NEEDED = {("dim_code", "label_en"), ("dim_answer", "is_dont_know"), ("dim_breakdown", "breakdown_order")}
COLUMNS = "select table_name, column_name from duckdb_columns() where database_name = current_database()"


def index_name(language: str) -> str:
    """The name of the index in a language."""
    return f"index.{language}.html"


def holds_results(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the release that is open holds what the pages tell."""
    return {*connection.execute(COLUMNS).fetchall()} >= NEEDED


def files(connection: duckdb.DuckDBPyConnection) -> Iterator[PageFile]:
    """The pages of the release that is open; none where it lacks what they tell."""
    found, rounds = languages_of(connection), read_rows(connection, ROUNDS) if holds_results(connection) else []
    labels = cache(partial(Labels, connection))
    for language in sorted({language for row in rounds for language in found[row["survey_id"]]}):
        yield PageFile(index_name(language), partial(_index, connection, labels, language))
    read = lru_cache(ROWS_KEPT)(read_rows)
    for row in rounds:
        key = (row["survey_id"], row["round_id"])
        for language in found[row["survey_id"]]:
            yield PageFile(
                file_name(row, language, found), partial(_page, connection, labels, read, language, key), key
            )


def _index(connection: duckdb.DuckDBPyConnection, labels: Callable[[str], Labels], language: str, mark: str) -> bytes:
    return index(connection, labels(language), languages_of(connection), mark).encode()


def _page(
    connection: duckdb.DuckDBPyConnection, labels: Callable[[str], Labels], read: Callable[..., list[Row]],
    language: str, key: RoundKey, mark: str,
) -> bytes:  # fmt: skip
    return page(RoundResults(connection, labels(language), *key, read), mark).encode()


def pages(connection: duckdb.DuckDBPyConnection, mark: str) -> Iterator[tuple[str, str]]:
    """The pages of the release that the connection has open, each with its name."""
    for file in files(connection):
        yield file.name, file.make(mark).decode()
