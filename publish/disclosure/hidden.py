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
with protected_rounds as (select survey_id, round_id from source.marts.dim_round where is_protected)
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code
from source.marts.answer_distribution semi join protected_rounds using (survey_id, round_id)
where cell_status <> 'not_asked'
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'option', system_id
from source.marts.system_use semi join protected_rounds using (survey_id, round_id)
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'number', ''
from source.marts.number_summary semi join protected_rounds using (survey_id, round_id)
where cell_status <> 'not_asked'
"""
# By municipality, nothing that is no public fact is told of a round in which somebody answers for several: which ones
# is known, and that they all say the same.
# Rows by what respondents say that are told of nobody, for one of these reasons:
# - A row takes the stricter of its question's and its breakdown's disclosure. What respondents say of themselves tells
#   of facts that everybody can count: which of the municipalities a row holds would say who is who.
# - The row of an answer has as many in it as gave that answer: where that is hidden in the question, the row is.
# - So few are in the row that its base would tell who they are, of public facts too.
# - Two questions that make breakdowns would tell one table of both twice, each hidden without knowledge of the other.
# - Bases by area name those who left a question blank. What the bases of rows lack is what these few say.
CLOSED_ROWS = """
create or replace table protected.disclosure.closed_rows as
with said as (
    select sayings.survey_id, sayings.breakdown, sayings.disclosure, made_by.question_id
    from protected.disclosure.sayings
    left join protected.disclosure.made_by using (survey_id, breakdown)
    where sayings.disclosure <> 'public_fact'
),

rows as (
    select distinct survey_id, round_id, question_id, unit, breakdown, breakdown_id from protected.disclosure.cells
    semi join said using (survey_id, breakdown)
),

bases as (
    select survey_id, round_id, question_id, unit, breakdown, breakdown_id, max(base_n) as n
    from (
        select survey_id, round_id, question_id, unit, breakdown, breakdown_id, base_n
        from source.marts.answer_distribution
        union all
        select survey_id, round_id, question_id, unit, breakdown, breakdown_id, base_n from source.marts.system_use
        union all
        select survey_id, round_id, question_id, unit, breakdown, breakdown_id, n from source.marts.number_summary
    )
    group by all
),

sizes as (
    select survey_id, round_id, unit, breakdown, breakdown_id, count(distinct unit_id) as n
    from source.intermediate.int_units_grouped
    group by all
),

left_blank as (
    select rows.survey_id, rows.round_id, rows.question_id, rows.unit, rows.breakdown
    from rows
    inner join sizes using (survey_id, round_id, unit, breakdown, breakdown_id)
    left join bases using (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
    inner join source.raw.codebook__surveys as surveys on rows.survey_id = surveys.survey_id
    group by all
    having max(sizes.n - coalesce(bases.n, 0)) > 0
        and min(sizes.n - coalesce(bases.n, 0)) < any_value(
            case rows.unit when 'municipality' then surveys.min_municipalities else surveys.min_responses end::int
        )
)

select distinct rows.*
from rows
inner join said using (survey_id, breakdown)
inner join source.marts.dim_question as questions
    on rows.survey_id = questions.survey_id and rows.question_id = questions.question_id
where
    said.disclosure = 'personal'
    or (rows.survey_id, rows.round_id, rows.breakdown, rows.breakdown_id) in (from protected.disclosure.small_rows)
    or questions.disclosure = 'public_fact'
    or (rows.survey_id, rows.question_id) in (select (survey_id, question_id) from protected.disclosure.made_by)
    or (rows.survey_id, rows.round_id, said.question_id, rows.unit, rows.breakdown_id) in (
        select (survey_id, round_id, question_id, unit, answer_code) from protected.disclosure.hidden
        where breakdown = 'all' and level = 'option'
    )
    or (rows.survey_id, rows.round_id, rows.question_id, rows.unit, rows.breakdown) in (
        select (survey_id, round_id, question_id, unit, breakdown) from left_blank
    )
union
select cells.survey_id, cells.round_id, cells.question_id, cells.unit, cells.breakdown, cells.breakdown_id
from protected.disclosure.cells
semi join source.raw.codebook__members using (survey_id, round_id)
semi join protected.disclosure.closed_questions using (survey_id, round_id, question_id)
where cells.unit = 'municipality'
"""
# A row that is hidden whole has one label: two would tell something.
HIDE_CLOSED_ROWS = """
update protected.disclosure.hidden set cell_status = 'hidden_primary', is_base_hidden = true
where (survey_id, round_id, question_id, unit, breakdown, breakdown_id) in (from protected.disclosure.closed_rows);
insert into protected.disclosure.hidden
select cells.*, 'hidden_primary', true
from protected.disclosure.cells
semi join protected.disclosure.closed_rows using (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
anti join protected.disclosure.hidden
    using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
"""
# The answers that printed figures count together, each with those that it is made of.
JOINED = """
create table protected.disclosure.joined as
select distinct figures.survey_id, figures.round_id, figures.question_id, figures.unit, figures.breakdown,
    figures.breakdown_id, figures.level, figures.answer as answer_code, split.part
from source.marts.publication_reconciliation as figures
inner join source.marts.dim_round as rounds using (survey_id, round_id)
inner join source.intermediate.int_figures_split as split
    on figures.survey_id = split.survey_id and figures.round_id = split.round_id
    and figures.question_id = split.question_id and figures.level = split.answer_level
    and figures.answer = split.answer_code
where rounds.is_protected
"""
# What several answers add up to is told where each of them is.
HIDE_JOINED = """
insert into protected.disclosure.hidden
select distinct joined.* exclude (part), 'hidden_complementary', false
from protected.disclosure.joined
semi join protected.disclosure.hidden as parts
    on joined.survey_id = parts.survey_id and joined.round_id = parts.round_id
    and joined.question_id = parts.question_id and joined.unit = parts.unit and joined.breakdown = parts.breakdown
    and joined.breakdown_id = parts.breakdown_id and joined.level = parts.level and joined.part = parts.answer_code
"""


def fill(connection: duckdb.DuckDBPyConnection, rounds: Sequence[tuple[str, str]], folder: Path) -> None:
    """Fill protected.disclosure.hidden: a row per cell of a protected round that is not told.

    `folder` keeps patterns. Raises Unprotected and Undecided.
    """
    store = patterns.Store(folder)
    connection.execute(CELLS)
    connection.execute(CLOSED_ROWS)
    for survey_id, round_id in rounds:
        found = counts.read(connection, survey_id, round_id, "source.")
        figures = printed.read(connection, survey_id, round_id, "source.")
        _note_small_rows(connection, found)
        for pattern in patterns.of_round(found, figures, store, _closed_rows(connection, survey_id, round_id)):
            _insert(connection, _hidden_cells(survey_id, round_id, pattern))
        _insert(connection, numbers.hidden_rows(connection, found))
    store.forget_unused()
    before, after = -1, _n_hidden(connection)
    while before != after:
        connection.execute(CLOSED_ROWS)
        connection.execute(HIDE_CLOSED_ROWS)
        routed.hide(connection)
        before, after = after, _n_hidden(connection)
    connection.execute(JOINED)
    connection.execute(HIDE_JOINED)


def _closed_rows(connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str) -> frozenset[tuple[str, ...]]:
    """(question, unit, breakdown, row) of a round that is closed whatever is hidden: what is proven needs no row that
    nobody is told."""
    found = connection.execute(
        "select question_id, unit, breakdown, breakdown_id from protected.disclosure.closed_rows "
        "where survey_id = ? and round_id = ?",
        [survey_id, round_id],
    ).fetchall()
    return frozenset(found)


def _n_hidden(connection: duckdb.DuckDBPyConnection) -> int:
    ((n,),) = connection.execute("select count(*) from protected.disclosure.hidden").fetchall()
    return int(n)


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
