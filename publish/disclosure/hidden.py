"""The cells that are hidden, round by round, as rows beside the tables they are taken out of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from publish.disclosure import counts, numbers, patterns, printed, routed
from publish.disclosure.knowledge import PRIMARY, TELLS
from publish.disclosure.rules import HIDDEN_COMPLEMENTARY, HIDDEN_PRIMARY


def fill(connection: duckdb.DuckDBPyConnection, rounds: Sequence[tuple[str, str]], folder: Path) -> None:
    """Fill protected.disclosure.hidden: a row per cell of a real round that is not told.

    `folder` keeps patterns. Raises Unprotected and Undecided.
    """
    store = patterns.Store(folder)
    for survey_id, round_id in rounds:
        found = counts.read(connection, survey_id, round_id, "source.")
        figures = printed.read(connection, survey_id, round_id, "source.")
        for pattern in patterns.of_round(found, figures, store):
            _insert(connection, _hidden_cells(survey_id, round_id, pattern))
        _insert(connection, numbers.hidden_rows(connection, found))
    store.forget_unused()
    routed.hide(connection)


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
