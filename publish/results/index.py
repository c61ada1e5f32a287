"""The page that leads to all others: surveys and their rounds, and what each table and column of the release is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import duckdb

from publish.report import pages as quality
from publish.results.page import file_name as page_name
from publish.results.page import workbook_name
from publish.results.reading import Labels, Row, read_rows
from publish.writing.rendering import render
from publish.writing.words import Words, name_of

ROUNDS = "from marts.dim_round order by survey_id, sort_order desc"
TABLES = """
    select table_name as name, n_rows, description, list((column_name, comment) order by column_index) as columns
    from marts.release_table
    inner join duckdb_columns() as columns using (table_name)
    where columns.schema_name = 'marts' and columns.database_name = current_database()
    group by all
    order by min(columns.table_oid)
"""
# Practices by theme, and the rounds whose answers name the theme or practices of it.
PRACTICES = """
    select theme_id, list(practice_id order by practice_order) as practices
    from marts.dim_theme
    inner join marts.practice using (theme_id)
    group by theme_id, theme_order
    order by theme_order
"""
NAMED_IN = """
    select distinct support.theme_id, rounds.survey_id, rounds.round_key, rounds.sort_order
    from marts.practice_support as support
    inner join marts.dim_round as rounds using (survey_id, round_id)
    where support.cell_status <> 'not_asked'
    order by rounds.survey_id, rounds.sort_order desc
"""


def index(connection: duckdb.DuckDBPyConnection, labels: Labels, pages: Mapping[str, Sequence[str]], mark: str) -> str:
    """The index in a language, as HTML; `pages` are the languages of each survey's pages."""
    rounds = groupby(read_rows(connection, ROUNDS), key=lambda row: str(row["survey_id"]))
    return render(
        "index.html.jinja", Words(labels.language), mark=mark, labels=labels,
        surveys=[(survey_id, list(rows)) for survey_id, rows in rounds],
        practices=read_rows(connection, PRACTICES), named_in=read_rows(connection, NAMED_IN),
        release=read_rows(connection, "from marts.release")[0], tables=read_rows(connection, TABLES),
        languages=sorted({language for found in pages.values() for language in found}), name_of=name_of,
        page=lambda row: file_name(row, labels.language, pages), workbook_name=workbook_name,
        quality=lambda row: quality.file_name(row["round_key"], language_of(row, labels.language, pages), "html"),
    )  # fmt: skip


def file_name(row: Row, language: str, pages: Mapping[str, Sequence[str]]) -> str:
    """The page of a round in this language, or in the first that its survey has."""
    return page_name(row["round_key"], language_of(row, language, pages))


def language_of(row: Row, language: str, pages: Mapping[str, Sequence[str]]) -> str:
    languages = pages[row["survey_id"]]
    return language if language in languages else languages[0]
