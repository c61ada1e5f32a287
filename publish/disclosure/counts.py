"""The counts of a round, read from the private warehouse: what is to be published, and who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from publish.disclosure.rules import MIXED, Kind, Row, Rule

UNITS = ("response", "municipality")
WHOLE = ("all", "all")
BASE = ("base", "")

Answer = tuple[str, str]

RULE = """
select surveys.min_municipalities, surveys.min_responses
from {source}raw.codebook__surveys as surveys where survey_id = $survey_id
"""

QUESTIONS = """
select question_id, question_type, disclosure
from {source}marts.dim_question
where survey_id = $survey_id and question_type in ('select_one', 'select_multiple', 'system', 'integer', 'decimal')
order by sort_order, question_id
"""

# By municipality nothing is told of a round in which somebody answers for several, and nothing is to be proven.
TOLD_UNITS = """
(unit = 'response' or not exists (
    from {source}raw.codebook__members where survey_id = $survey_id and round_id = $round_id
))
"""

CELLS = f"""
select question_id, unit, breakdown, breakdown_id, level, answer_code, n, base_n
from {{source}}marts.answer_distribution
where survey_id = $survey_id and round_id = $round_id and cell_status in ('shown', 'zero') and {TOLD_UNITS}
union all by name
select question_id, unit, breakdown, breakdown_id, 'option' as level, system_id as answer_code, n, base_n
from {{source}}marts.system_use
where survey_id = $survey_id and round_id = $round_id and cell_status in ('shown', 'zero') and {TOLD_UNITS}
"""

# Who stands behind a cell: municipalities and responses with that answer, whichever unit the cell counts.
BEHIND = """
with counted as (
    select * from {source}intermediate.int_answers_grouped
    where survey_id = $survey_id and round_id = $round_id and unit = 'response'
),

placed as (
    select frame.breakdown, frame.breakdown_id, counted.* exclude (breakdown, breakdown_id)
    from counted
    inner join {source}intermediate.int_frame_broken_down as frame using (survey_id, round_id, municipality_code)
    where counted.breakdown = 'all'
    union all by name
    from counted where breakdown <> 'all'
)

select
    question_id, breakdown, breakdown_id,
    if(answer_level = 'system', 'option', answer_level) as level,
    if(answer_level = 'base', '', answer_code) as answer_code,
    sum(n)::bigint as n_responses, count(distinct municipality_code) as n_municipalities
from placed
group by all
"""

GROUPS = """
select question_id, answer_code, list(option_code order by sort_order, option_code) as options
from {source}intermediate.int_answer_levels
where survey_id = $survey_id and answer_level = 'group' and not is_missing
group by question_id, answer_code
order by question_id, answer_code
"""

# A breakdown by a public fact is known of each municipality as its county is: by its own answer. Where its responses do
# not all say the same, it is known no better than that.
RESPONDED = """
with facts as (
    select question_id as breakdown
    from {source}raw.codebook__breakdowns
    inner join {source}marts.dim_question using (survey_id, question_id)
    where survey_id = $survey_id and disclosure = 'public_fact'
),

grouped as (
    select unit, unit_id, municipality_code, breakdown, breakdown_id
    from {source}intermediate.int_units_grouped
    where survey_id = $survey_id and round_id = $round_id
),

of_municipalities as (
    select municipality_code, breakdown, breakdown_id from grouped semi join facts using (breakdown)
    where unit = 'municipality'
),

mixed as (
    select responses.municipality_code, facts.breakdown
    from grouped as responses
    cross join facts
    left join grouped as said
        on responses.unit_id = said.unit_id and said.unit = 'response' and facts.breakdown = said.breakdown
    left join of_municipalities as own
        on responses.municipality_code = own.municipality_code and facts.breakdown = own.breakdown
    where responses.unit = 'response' and responses.breakdown = 'all'
    group by all
    having bool_or(said.breakdown_id is distinct from own.breakdown_id)
),

placed as (
    select municipality_code, breakdown, breakdown_id from {source}intermediate.int_frame_broken_down
    where survey_id = $survey_id and round_id = $round_id
    union all
    from of_municipalities
    union all
    select municipality_code, breakdown, '{mixed}' from mixed
),

responded as (
    select municipality_code, count(*) as n_responses from grouped
    where unit = 'response' and breakdown = 'all'
    group by municipality_code
)

select responded.municipality_code, placed.breakdown, placed.breakdown_id, responded.n_responses
from responded
inner join placed using (municipality_code)
"""

FACTS = """
select question_id from {source}raw.codebook__breakdowns
inner join {source}marts.dim_question using (survey_id, question_id)
where survey_id = $survey_id and disclosure = 'public_fact'
"""


@dataclass(frozen=True)
class Question:
    """The cells of one question. `rows` x `answers` is the grid; `bases` has one value per row.

    n: what the cell would show. n_municipalities and n_responses: who stands behind it, in any unit. Options come
    first among `answers`, each group after them with the places of its options in `groups`. `is_partition`: each unit
    has one answer, so that a row adds up to its base.
    """

    question_id: str
    kind: Kind
    is_partition: bool
    rows: tuple[Row, ...]
    answers: tuple[Answer, ...]
    groups: tuple[tuple[int, ...], ...]
    n: np.ndarray
    n_municipalities: np.ndarray
    n_responses: np.ndarray
    bases: np.ndarray
    base_municipalities: np.ndarray
    base_responses: np.ndarray

    @property
    def n_options(self) -> int:
        return len(self.answers) - len(self.groups)


@dataclass(frozen=True)
class RoundCounts:
    """The counts of one round. `responded` has a row per responding municipality and row of a breakdown: areas, and
    those by public facts, whose names are `facts`."""

    survey_id: str
    round_id: str
    rule: Rule
    questions: tuple[Question, ...]
    responded: pd.DataFrame
    facts: frozenset[str] = frozenset()


def read(connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str, source: str = "") -> RoundCounts:
    """The counts of a round; `source` is the catalogue of the warehouse with its dot, or the default one."""
    of_round = {"survey_id": survey_id, "round_id": round_id}

    def table(sql: str) -> pd.DataFrame:
        names = {name: value for name, value in of_round.items() if f"${name}" in sql}
        return connection.execute(sql.format(source=source, mixed=MIXED), names).df()

    rule = Rule(*(int(value) for value in table(RULE).iloc[0]))
    cells, behind, groups = table(CELLS), table(BEHIND), table(GROUPS)
    questions = [
        _question(each, cells, behind, groups[groups["question_id"] == each.question_id])
        for each in table(QUESTIONS).itertuples()
        if (cells["question_id"] == each.question_id).any()
    ]
    facts = frozenset(table(FACTS)["question_id"])
    return RoundCounts(survey_id, round_id, rule, tuple(questions), table(RESPONDED), facts)


def _question(asked: object, cells: pd.DataFrame, behind: pd.DataFrame, groups: pd.DataFrame) -> Question:
    question_id, question_type = asked.question_id, asked.question_type  # type: ignore[attr-defined]
    cells = cells[cells["question_id"] == question_id]
    behind = behind[behind["question_id"] == question_id]
    bases = cells.groupby(["unit", "breakdown", "breakdown_id"])["base_n"].max()
    rows = tuple(sorted(bases.index))
    options = sorted(cells.loc[cells["level"] == "option", "answer_code"].unique())
    named = [
        (str(code), [str(option) for option in members if option in options])
        for code, members in zip(groups["answer_code"], groups["options"], strict=True)
        if {*members} & {*options}
    ]
    answers = (*(("option", code) for code in options), *(("group", code) for code, _ in named))
    n = _grid(cells, rows, answers, "n")
    n_base = bases.reindex(list(rows)).fillna(0).to_numpy(dtype=np.int64)
    sums_up = bool((n[:, : len(options)].sum(axis=1) == n_base).all())
    return Question(
        question_id=question_id,
        kind=asked.disclosure,  # type: ignore[attr-defined]
        is_partition=question_type == "select_one" or (question_type == "system" and sums_up),
        rows=rows,
        answers=answers,
        groups=tuple(tuple(map(options.index, members)) for _, members in named),
        n=n,
        n_municipalities=_behind(behind, rows, answers, "n_municipalities"),
        n_responses=_behind(behind, rows, answers, "n_responses"),
        bases=n_base,
        base_municipalities=_behind(behind, rows, (BASE,), "n_municipalities")[:, 0],
        base_responses=_behind(behind, rows, (BASE,), "n_responses")[:, 0],
    )


def _grid(cells: pd.DataFrame, rows: tuple[Row, ...], answers: tuple[Answer, ...], value: str) -> np.ndarray:
    keyed = cells.set_index(["unit", "breakdown", "breakdown_id", "level", "answer_code"])[value]
    wanted = pd.MultiIndex.from_tuples([(*row, *answer) for row in rows for answer in answers])
    found = keyed.reindex(wanted).fillna(0).to_numpy(dtype=np.int64)
    return found.reshape(len(rows), len(answers))


def _behind(behind: pd.DataFrame, rows: tuple[Row, ...], answers: tuple[Answer, ...], value: str) -> np.ndarray:
    keyed = behind.set_index(["breakdown", "breakdown_id", "level", "answer_code"])[value]
    wanted = pd.MultiIndex.from_tuples([(*row[1:], *answer) for row in rows for answer in answers])
    found = keyed.reindex(wanted).fillna(0).to_numpy(dtype=np.int64)
    return found.reshape(len(rows), len(answers))
