"""A release's workbooks held against the release: every number of every sheet, found in another way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from publish.writing.words import Words

NAME = re.compile(r"(?P<survey>.+)\.(?P<round>[^.]+)\.(?P<language>\w+)\.xlsx")
HEADER = 4
HAS_LABELS = ("fi", "sv", "en")
SHARES = ("n", "base", "share", "lower bound", "upper bound")
IN_FRAME = ("lower bound, frame", "upper bound, frame", "how sure, frame")
OF_A_ROUND = "survey_id = $survey and round_id = $round and cell_status <> 'not_asked'"
IN_ORDER = "order by question_order, level desc, breakdown_order, breakdown_row_order, answer_order"
LABELS = "question_{language}, breakdown_row_{language}, answer_{language}"
NAMES = ("question", "row", "answer")
AS_PRINTED = ("printed", "printed base", "computed", "computed base", "lower bound, frame", "upper bound, frame", "p")
PRINTED = """
    published_value, published_base_n, computed_value, computed_base_n, frame_low, frame_high, frame_p, ''
"""
# By the title of a sheet, the columns that are looked at, and what they hold, in the order of the sheet.
RULES: dict[str, tuple[Sequence[str], str]] = {
    "By size class": (
        (*NAMES, *SHARES, *IN_FRAME, "how sure"),
        f"""
            select {LABELS}, n, base_n, pct / 100, ci_low, ci_high, ci_low_fpc, ci_high_fpc, is_reliable_for_frame,
                is_reliable, cell_status
            from marts.result
            where {OF_A_ROUND} and breakdown in ('all', 'size_class', 'size_class_group') and (question_id, unit) in (
                select (question_id, unit) from marts.headline_result where survey_id = $survey and round_id = $round
            )
            {IN_ORDER}
        """,
    ),
    "By county": (
        (*NAMES, "n", "base", "share", *IN_FRAME),
        f"""
            select {LABELS}, n, base_n, pct / 100, ci_low_fpc, ci_high_fpc, is_reliable_for_frame, cell_status
            from marts.result
            where {OF_A_ROUND} and breakdown = 'county' and unit = 'municipality' and question_id in (
                select question_id from marts.headline_result where survey_id = $survey and round_id = $round
            )
            {IN_ORDER}
        """,
    ),
    "Response": (
        ("municipalities asked", "municipalities that answered", "share", "responses", "inhabitants covered"),
        """
            select n_frame, n_municipalities, pct / 100, n_responses, population_coverage, ''
            from marts.response_rate as rates inner join marts.dim_breakdown as rows using (breakdown_key)
            where rates.survey_id = $survey and round_id = $round
                and rates.breakdown in ('all', 'size_class', 'size_class_group', 'county')
            order by rows.breakdown_order, rows.sort_order
        """,
    ),
    "Systems": (
        ("system", *SHARES, "how sure"),
        f"""
            select system_name, n, base_n, pct / 100, ci_low, ci_high, is_reliable, cell_status
            from marts.system_use inner join marts.dim_system using (system_id)
            where {OF_A_ROUND} and unit = 'response' and breakdown = 'all' and n > 0
            order by question_key, n desc, system_name
        """,
    ),
    "Numbers": (
        ("n", "mean", "lower quartile", "median", "upper quartile", "smallest", "largest", "total", "how sure"),
        f"""
            select n, mean, quartile_1, median, quartile_3, min, max, total, is_reliable, cell_status
            from marts.number_summary as numbers inner join marts.dim_breakdown as rows using (breakdown_key)
            where numbers.{OF_A_ROUND} and unit = 'municipality' and numbers.breakdown in ('all', 'size_class')
            order by question_key, breakdown_order, rows.sort_order
        """,
    ),
    "Change": (
        ("n before", "base before", "share before", "n", "base", "share", "change, points", "lower bound",
         "upper bound"),
        """
            select earlier_n, earlier_base_n, earlier_share, n, base_n, share, delta, ci_low, ci_high, ''
            from marts.round_change as changes
            inner join marts.dim_answer as answers using (answer_key)
            inner join marts.dim_question as questions on changes.question_key = questions.question_key
            where changes.survey_id = $survey and round_id = $round and unit = 'municipality' and breakdown = 'all'
                and changes.level = 'option' and delta is not null
            order by questions.sort_order, answers.sort_order
        """,
    ),
    "Good practices": (
        ("n", "base", "share"),
        """
            with named as (
                select support.* from marts.practice_support as support
                semi join marts.headline_result using (survey_id, round_id, question_id, unit)
                where survey_id = $survey and round_id = $round and breakdown = 'all' and cell_status <> 'not_asked'
            ),
            told as (
                select theme_id, null as practice_id, n, base_n, pct, cell_status, 0 as practice_order
                from named where practice_id is null
                union all
                select practice.theme_id, practice_id, n, base_n, pct, coalesce(cell_status, ''), practice_order
                from marts.practice left join named using (theme_id, practice_id)
                where practice.theme_id in (select theme_id from named)
            )
            select n, base_n, pct / 100, cell_status
            from told inner join marts.dim_theme using (theme_id) order by theme_order, practice_order
        """,
    ),
    "Interviews": (
        ("people",),
        """
            select n_people, '' from marts.interview where survey_id = $survey and round_id = $round
            order by interview_order
        """,
    ),
    "Printed sentences": (
        ("sentence", *AS_PRINTED),
        f"""
            select if(is_shortened, sentence, concat('"', sentence, '"')), {PRINTED}
            from marts.printed_sentence
            left join marts.claim_figure using (survey_id, round_id, claim_id)
            left join marts.publication_reconciliation using (survey_id, round_id, figure_id)
            where survey_id = $survey and round_id = $round
            order by claim_order, figure_order
        """,
    ),
    "Printed figures": (
        ("document", *AS_PRINTED),
        f"""
            select document, {PRINTED}
            from marts.publication_reconciliation
            anti join marts.claim_figure using (survey_id, round_id, figure_id)
            where survey_id = $survey and round_id = $round
            order by document, figure_id
        """,
    ),
}  # fmt: skip


def differences(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """Where a workbook says otherwise than the release, or has what nobody looks at."""
    named = NAME.fullmatch(file.name)
    assert named is not None, file
    book, words = load_workbook(file), Words(named["language"])
    titles = {words.say(title): title for title in RULES}
    sheets = {titles.get(sheet["A1"].value, sheet["A1"].value): sheet for sheet in book.worksheets}
    found = [f"{sheet.title}: {what}" for sheet in book.worksheets for what in _what_is_no_text_or_number(sheet)]
    for title, (columns, _) in RULES.items():
        told = _rows(sheets[title], [words.say(column) for column in columns]) if title in sheets else []
        expected = _expected(connection, named.groupdict(), title, words)
        if named["language"] not in HAS_LABELS:
            told, expected = (
                [row[len(NAMES) * (columns[0] == "question") :] for row in rows] for rows in (told, expected)
            )
        found += [f"{title}: {len(told)} rows, not {len(expected)}"] if len(told) != len(expected) else []
        found += [f"{title}: {one}, not {other}" for one, other in zip(told, expected, strict=False) if one != other]
    for title in set(sheets) - set(RULES):
        numbers = [cell.value for cell in cells(sheets[title]) if cell.data_type == "n"]
        found += [] if numbers == _whole(connection, named, title, words) else [f"{title}: {numbers}"]
    return found


def _what_is_no_text_or_number(sheet: Worksheet) -> Iterator[str]:
    if sheet.sheet_state != "visible":
        yield "is hidden"
    for cell in cells(sheet):
        if cell.data_type not in ("s", "n") or cell.comment or cell.hyperlink:
            yield f"{cell.coordinate} is a formula, a link, or has a comment"


def cells(sheet: Worksheet) -> Iterator[Cell]:
    yield from (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _rows(sheet: Worksheet, columns: Sequence[str]) -> list[list[Any]]:
    """The columns of these titles, row by row, and what no rule looks at though it is a number."""
    header, *rows = sheet.iter_rows(min_row=HEADER, values_only=True)
    places = [header.index(column) for column in columns]
    return [
        [*(_plain(row[place]) for place in places),
         *(value for place, value in enumerate(row) if place not in places and not isinstance(value, str | None))]
        for row in rows
    ]  # fmt: skip


def _expected(
    connection: duckdb.DuckDBPyConnection, named: dict[str, str], title: str, words: Words
) -> list[list[Any]]:
    columns, sql = RULES[title]
    language = named["language"] if named["language"] in HAS_LABELS else "en"
    of = {name: named[name] for name in ("survey", "round")}
    rows = connection.execute(sql.format(language=language), of).fetchall()
    return [
        [_shown(column, value, row[-1], words) for column, value in zip(columns, row, strict=False)] for row in rows
    ]


def _shown(column: str, value: Any, status: str, words: Words) -> Any:
    if column.startswith("how sure"):
        return words.say("* unsure") if value is False else None
    if value is None and status.startswith("hidden"):
        return words.say("hidden")
    return _plain(value)


def _plain(value: Any) -> Any:
    """A workbook keeps 16 digits."""
    return value if isinstance(value, str | None) else f"{float(value):.12g}"


def _whole(connection: duckdb.DuckDBPyConnection, named: re.Match[str], title: str, words: Words) -> list[float]:
    """The numbers of the summary; other lists have none."""
    sql = """
        select n_responses, n_municipalities, n_frame, pct / 100 from marts.response_rate
        where survey_id = ? and round_id = ? and breakdown = 'all'
    """
    rows = connection.execute(sql, [named["survey"], named["round"]]).fetchall()
    return [*rows[0]] if title == words.say("Summary") else []
