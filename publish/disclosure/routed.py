"""Questions that were asked of those who answered another one so: their base is a count of its answers. So is that of
a public fact which counts only beside some answers to an opinion, by its constraint: who is missing there is public.
What people coded in a text was asked of those who were asked for the text.

Where a row of the other question has a hidden cell, all of that row goes here, with its base.
"""

from __future__ import annotations

import duckdb

ROUTED = r"""
create or replace table protected.disclosure.routed as
with asked as (
    select survey_id, question_id, filter_id
    from (
        select survey_id, question_id, purpose, unnest(regexp_extract_all(expression, '\$\{(\w+)\}', 1)) as filter_id
        from source.raw.codebook__conditions
    )
    where purpose = 'relevant'
        or (purpose = 'constraint' and (survey_id, question_id) in (
            select (survey_id, question_id) from source.marts.dim_question where disclosure = 'public_fact'
        ) and (survey_id, filter_id) in (
            select (survey_id, question_id) from source.marts.dim_question where disclosure <> 'public_fact'
        ))
    union
    select survey_id, question_id, other_of
    from source.raw.codebook__questions
    where other_of <> ''
)

from asked
union
select codings.survey_id, codings.coded_question_id, asked.filter_id
from source.raw.codebook__codings as codings inner join asked using (survey_id, question_id)
"""
ROWS = """
create or replace table protected.disclosure.routed_rows as
select distinct
    hidden.survey_id, hidden.round_id, routed.question_id, hidden.unit, hidden.breakdown, hidden.breakdown_id
from protected.disclosure.hidden
inner join protected.disclosure.routed
    on hidden.survey_id = routed.survey_id and hidden.question_id = routed.filter_id
"""
HIDE_BASES = """
update protected.disclosure.hidden set is_base_hidden = true
where (survey_id, round_id, question_id, unit, breakdown, breakdown_id) in (from protected.disclosure.routed_rows)
"""
HIDE_CELLS = """
insert into protected.disclosure.hidden
select cells.*, 'hidden_complementary', true
from protected.disclosure.cells
semi join protected.disclosure.routed_rows using (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
anti join protected.disclosure.hidden
    using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
"""

# Whose filter is no public fact, or depends on one that is none.
ASKED_OF_SOME = """
create or replace table protected.disclosure.asked_of_some as
with recursive found as (
    select routed.survey_id, routed.question_id
    from protected.disclosure.routed
    inner join source.marts.dim_question as filters
        on routed.survey_id = filters.survey_id and routed.filter_id = filters.question_id
    where filters.disclosure <> 'public_fact'
    union
    select routed.survey_id, routed.question_id
    from found
    inner join protected.disclosure.routed
        on found.survey_id = routed.survey_id and found.question_id = routed.filter_id
)
select * from found
"""


def hide(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to protected.disclosure.hidden what hidden cells of other questions make telling, however far."""
    connection.execute(ROUTED)
    added = 1
    while added:
        connection.execute(ROWS)
        connection.execute(HIDE_BASES)
        ((added,),) = connection.execute(HIDE_CELLS).fetchall()
    connection.execute(ASKED_OF_SOME)
