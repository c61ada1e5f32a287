"""What two versions of a round's answers differ in, and the rows of tables that move by so few responses or
municipalities that whoever has both can subtract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from publish.catalogue import literal
from publish.disclosure.counts import RULE
from publish.disclosure.rules import Rule
from store.warehouse import bound

TOLD_TYPES = ("select_one", "select_multiple", "system", "integer", "decimal")

# The answers of responses (or municipalities, by their own name), and the rows of breakdowns that each is in.
PLACED = """
answers as (
    select unit_id as response_id, municipality_code, question_id, question_type, part, code, number_value, is_ticked,
        case when unit = 'response' then role_order end as role_order
    from {source}intermediate.int_answers_by_unit
    where survey_id = $survey_id and round_id = $round_id and unit = '{unit}'
),

placed as (
    select distinct answers.response_id, frame.breakdown, frame.breakdown_id
    from answers
    inner join {source}intermediate.int_frame_broken_down as frame using (municipality_code)
    where frame.survey_id = $survey_id and frame.round_id = $round_id
    union all
    select distinct answers.response_id, 'role', roles.role_id
    from answers
    inner join {source}raw.codebook__roles as roles on answers.role_order = roles.sort_order::integer
    where roles.survey_id = $survey_id
    union all
    select distinct answers.response_id, answers.question_id, answers.code
    from answers
    inner join {source}raw.codebook__breakdowns as own using (question_id)
    where own.survey_id = $survey_id and answers.code is not null
)
"""

# What each response says to a question; by whom and from where it says so is a part of it.
SAID = """
create or replace temp table said_{side} as
with {placed}
select
    question_id, response_id, any_value(municipality_code) as municipality_code, any_value(role_order) as role_order,
    list(coalesce(code, number_value::varchar, is_ticked::varchar) order by part, code) as answer
from answers
group by question_id, response_id
"""
IN_ROWS = """
create or replace temp table rows_{side} as
with {placed}
select said.*, placed.breakdown, placed.breakdown_id from said_{side} as said inner join placed using (response_id)
"""
# Each difference once for either side that has it: both municipalities of a response that moved are counted.
APART = """
select {keys}, response_id, unnest([before.municipality_code, after.municipality_code]) as municipality_code,
    before.municipality_code is null or after.municipality_code is null as is_one_sided
from {table}_before as before full join {table}_after as after using ({keys}, response_id)
where (before.answer, before.municipality_code, before.role_order)
    is distinct from (after.answer, after.municipality_code, after.role_order)
"""
# Of a personal question only how many answered it is told.
COUNTS = "count(distinct response_id) as n_responses, count(distinct municipality_code) as n_municipalities"
ROWS = f"""
select question_id, breakdown, breakdown_id, {COUNTS}
from ({APART.format(keys="question_id, breakdown, breakdown_id", table="rows")}) as apart
inner join after.raw.codebook__questions as questions using (question_id)
where questions.survey_id = $survey_id and questions.type in {TOLD_TYPES}
    and (
        coalesce(questions.disclosure, 'opinion') = 'opinion'
        or (questions.disclosure = 'personal' and apart.is_one_sided)
    )
group by question_id, breakdown, breakdown_id
order by question_id, breakdown, breakdown_id
"""


class MovedRow(NamedTuple):
    """A row of the tables of a question, and how many responses of how many municipalities it moves by; as many of
    either where it is the municipalities' own answers that are few."""

    question_id: str
    breakdown: str
    breakdown_id: str
    n_responses: int
    n_municipalities: int


@dataclass(frozen=True)
class Moved:
    """How many responses of how many municipalities differ, and the rows that move by fewer than the rule."""

    n_responses: int
    n_municipalities: int
    rows: Sequence[MovedRow]
    rule: Rule

    @property
    def is_few(self) -> bool:
        """Whether something differs, by fewer than the rule in all."""
        return self.n_responses > 0 and _is_under(self.rule, self.n_responses, self.n_municipalities)


def compare(before: Path, after: Path, survey_id: str, round_id: str) -> Moved:
    """Compare a round in two warehouses."""
    # What does not fit into memory is private too: it goes beside the file, not to where the command was given.
    with duckdb.connect(config={"temp_directory": str(after.parent / "spill")}) as connection:
        for side, file in (("before", before), ("after", after)):
            connection.execute(f"attach {literal(str(file))} as {side} (read_only)")
        bound(connection)
        least = connection.execute(RULE.format(source="after."), {"survey_id": survey_id}).fetchone()
        own, _ = _moved(connection, "municipality", survey_id, round_id)
        rows, in_all = _moved(connection, "response", survey_id, round_id)
    assert least is not None
    rule, (n_responses, n_municipalities) = Rule(*map(int, least)), in_all
    few = {row[:3]: row for row in own if row.n_municipalities < rule.min_municipalities}
    few |= {row[:3]: row for row in rows if _is_under(rule, row.n_responses, row.n_municipalities)}
    return Moved(n_responses, n_municipalities, [few[row] for row in sorted(few)], rule)


def _moved(
    connection: duckdb.DuckDBPyConnection, unit: str, survey_id: str, round_id: str
) -> tuple[list[MovedRow], tuple[int, int]]:
    """Rows that differ, and how many responses of how many municipalities do in all; by the answers of one unit."""
    of_survey = {"survey_id": survey_id}
    for side in ("before", "after"):
        placed = PLACED.format(source=f"{side}.", unit=unit)
        for sql in (SAID, IN_ROWS):
            connection.execute(sql.format(side=side, placed=placed), of_survey | {"round_id": round_id})
    apart = APART.format(keys="question_id", table="said")
    ((n_responses, n_municipalities),) = connection.execute(f"select {COUNTS} from ({apart})").fetchall()
    rows = [MovedRow(*row) for row in connection.execute(ROWS, of_survey).fetchall()]
    return rows, (n_responses, n_municipalities)


def _is_under(rule: Rule, n_responses: int, n_municipalities: int) -> bool:
    return n_responses < rule.min_responses or n_municipalities < rule.min_municipalities
