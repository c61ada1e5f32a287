"""Questions that were asked of those who answered another one so: their base is a count of its answers.

Where a row of the other question has a hidden cell, all of that row goes here, with its base.
"""

from __future__ import annotations

import duckdb

ROUTED = r"""
create or replace table protected.disclosure.routed as
select distinct survey_id, question_id, unnest(regexp_extract_all(expression, '\$\{(\w+)\}', 1)) as filter_id
from source.raw.codebook__conditions
where purpose = 'relevant'
"""
CELLS = """
create or replace view protected.disclosure.cells as
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code
from source.marts.answer_distribution where not is_synthetic and cell_status <> 'not_asked'
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'option', system_id
from source.marts.system_use where not is_synthetic
union all
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'number', ''
from source.marts.number_summary where not is_synthetic and cell_status <> 'not_asked'
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


def hide(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to protected.disclosure.hidden what hidden cells of other questions make telling, however far."""
    connection.execute(ROUTED)
    connection.execute(CELLS)
    added = 1
    while added:
        connection.execute(ROWS)
        connection.execute(HIDE_BASES)
        ((added,),) = connection.execute(HIDE_CELLS).fetchall()
