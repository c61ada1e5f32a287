"""The pages of a release as files: one of each round in each language of its survey, with a workbook beside it, and an
index in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial

import duckdb

from publish.results.index import file_name, index
from publish.results.page import page, workbook_name
from publish.results.reading import Labels, RoundResults, Row, read_rows
from publish.results.workbook import workbook
from publish.writing.files import PageFile
from publish.writing.rounds import RoundKey, languages_of

ROWS_KEPT = 64  # answers to the queries of a round: the pages of a round in all languages follow each other
ROUNDS = "select survey_id, round_id, round_key from marts.dim_round order by all"
# What a release of an earlier program may lack, and pages need.
NEEDED = {
    ("dim_code", "label_en"), ("dim_answer", "is_dont_know"), ("dim_breakdown", "breakdown_order"),
    ("dim_question", "section_id"), ("dim_question", "is_ordered"), ("dim_county", "tile_column"),
    ("finding", "sentence"), ("practice_support", "theme_id"), ("interview", "organisation"), ("claim", "verdict"),
}  # fmt: skip
COLUMNS = "select table_name, column_name from duckdb_columns() where database_name = current_database()"


def index_name(language: str) -> str:
    """The name of the index in a language."""
    return f"index.{language}.html"


def holds_results(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the release that is open holds what the pages tell."""
    return {*connection.execute(COLUMNS).fetchall()} >= NEEDED


def files(connection: duckdb.DuckDBPyConnection) -> Iterator[PageFile]:
    """The pages and workbooks of the release that is open; none where it lacks what they tell."""
    found, rows = languages_of(connection), read_rows(connection, ROUNDS) if holds_results(connection) else []
    labels = cache(partial(Labels, connection))
    for language in sorted({language for row in rows for language in found[row["survey_id"]]}):
        yield PageFile(index_name(language), partial(_index, connection, labels, language))
    for name, key, results in _rounds(connection, rows, labels):
        yield PageFile(name, partial(_page, results), key)
        yield PageFile(workbook_name(name), partial(_workbook, results), key)


def _index(connection: duckdb.DuckDBPyConnection, labels: Callable[[str], Labels], language: str, mark: str) -> bytes:
    return index(connection, labels(language), languages_of(connection), mark).encode()


def _page(results: Callable[[], RoundResults], mark: str) -> bytes:
    return page(results(), mark).encode()


def _workbook(results: Callable[[], RoundResults], _: str) -> bytes:
    """Of no release: it tells in which one its figures last changed."""
    return workbook(results())


def rounds(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, RoundResults]]:
    """Each round in each language of its survey, with the name of its page."""
    labels = cache(partial(Labels, connection))
    for name, _, results in _rounds(connection, read_rows(connection, ROUNDS), labels):
        yield name, results()


def _rounds(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], labels: Callable[[str], Labels]
) -> Iterator[tuple[str, RoundKey, Callable[[], RoundResults]]]:
    """What is read of a round is read once, for its pages and workbooks in all languages, and only when one is made."""
    found, read = languages_of(connection), lru_cache(ROWS_KEPT)(read_rows)

    def results(language: str, key: RoundKey) -> RoundResults:
        return RoundResults(connection, labels(language), *key, read)

    for row in rows:
        key = (row["survey_id"], row["round_id"])
        for language in found[row["survey_id"]]:
            yield file_name(row, language, found), key, cache(partial(results, language, key))


def pages(connection: duckdb.DuckDBPyConnection, mark: str) -> Iterator[tuple[str, str]]:
    """The pages of the release that the connection has open, each with its name."""
    yield from ((file.name, file.make(mark).decode()) for file in files(connection) if file.name.endswith(".html"))
