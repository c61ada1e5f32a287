"""The cells that are hidden, round by round, as rows beside the tables they are taken out of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from publish.disclosure import counts, numbers, patterns, printed, routed
from publish.disclosure.knowledge import PRIMARY, TELLS
from publish.disclosure.rules import HIDDEN_COMPLEMENTARY, HIDDEN_PRIMARY

CELLS = """
create view protected.disclosure.cells as
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code
from source.marts.answer_distribution where not is_synthetic and cell_status <> 'not_asked'
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'option', system_id
from source.marts.system_use where not is_synthetic
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'number', ''
from source.marts.number_summary where not is_synthetic and cell_status <> 'not_asked'
"""
# Of public facts too: their bases would tell how many of the respondents are who.
HIDE_SMALL_ROWS = """
insert into protected.disclosure.hidden
select cells.*, 'hidden_primary', true
from protected.disclosure.cells
semi join protected.disclosure.small_rows using (survey_id, round_id, breakdown, breakdown_id)
anti join protected.disclosure.hidden
    using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
"""


# What respondents say of themselves tells of facts that everybody can count: which of the municipalities a row holds
# would say who is who. A row takes the stricter of its question's and its breakdown's disclosure.
HIDE_BY_SAYINGS = """
insert into protected.disclosure.hidden
select cells.*, 'hidden_primary', true
from protected.disclosure.cells
inner join protected.disclosure.sayings using (survey_id, breakdown)
inner join source.marts.dim_question as questions using (survey_id, question_id)
anti join protected.disclosure.hidden
    using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
where
    sayings.disclosure = 'personal'
    or (sayings.disclosure <> 'public_fact' and questions.disclosure = 'public_fact')
"""


def fill(connection: duckdb.DuckDBPyConnection, rounds: Sequence[tuple[str, str]], folder: Path) -> None:
    """Fill protected.disclosure.hidden: a row per cell of a real round that is not told.

    `folder` keeps patterns. Raises Unprotected and Undecided.
    """
    store = patterns.Store(folder)
    for survey_id, round_id in rounds:
        found = counts.read(connection, survey_id, round_id, "source.")
        figures = printed.read(connection, survey_id, round_id, "source.")
        _note_small_rows(connection, found)
        for pattern in patterns.of_round(found, figures, store):
            _insert(connection, _hidden_cells(survey_id, round_id, pattern))
        _insert(connection, numbers.hidden_rows(connection, found))
    store.forget_unused()
    connection.execute(CELLS)
    connection.execute(HIDE_SMALL_ROWS)
    connection.execute(HIDE_BY_SAYINGS)
    routed.hide(connection)


def _note_small_rows(connection: duckdb.DuckDBPyConnection, found: counts.RoundCounts) -> None:
    small = [(found.survey_id, found.round_id, *row) for row in sorted(patterns.small_rows(found))]
    if small:
        connection.executemany("insert into protected.disclosure.small_rows values (?, ?, ?, ?)", small)


def _insert(connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> None:
    if len(rows):
        connection.register("hidden_rows", rows)
        connection.execute("insert into protected.disclosure.hidden by name select * from hidden_rows")
        connection.unregister("hidden_rows")


def _hidden_cells(survey_id: str, round_id: str, pattern: patterns.Pattern) -> pd.DataFrame:
    question, whole = pattern.question, pattern.whole
    rows = [
        (
            *(survey_id, round_id, question.question_id),
            *question.rows[row],
            *question.answers[answer],
            HIDDEN_PRIMARY if whole[row, answer] or pattern.hidden[row, answer] == PRIMARY else HIDDEN_COMPLEMENTARY,
            bool(pattern.base_hidden[row]),
        )
        for row in range(len(question.rows))
        for answer in range(len(question.answers))
        if pattern.hidden[row, answer] != TELLS
    ]
    return pd.DataFrame(rows, columns=list(numbers.COLUMNS))
