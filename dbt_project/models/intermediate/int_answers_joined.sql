-- Units that gave one or more of the answers that a printed figure counts together, in every row of every breakdown.
-- Of a select_multiple that is no sum: a unit that ticked several counts once.
with parts as (
    select * from {{ ref('int_figures_split') }}
    where {{ is_built_now() }}
),

cells as (
    select * from {{ ref('int_answer_shares') }}
    where cell_status <> 'not_asked'
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
),

-- Rows in which each of the answers could be given.
grid as (
    select
        parts.survey_id,
        parts.round_id,
        parts.question_id,
        parts.answer_level,
        parts.answer_code,
        cells.unit,
        cells.breakdown,
        cells.breakdown_id,
        max(cells.base_n) as base_n
    from parts
    inner join cells
        on
            parts.survey_id = cells.survey_id
            and parts.round_id = cells.round_id
            and parts.question_id = cells.question_id
            and parts.answer_level = cells.answer_level
            and parts.part = cells.answer_code
    where cells.unit in ('response', 'municipality')
    group by
        parts.survey_id, parts.round_id, parts.question_id, parts.answer_level, parts.answer_code, parts.n_parts,
        cells.unit, cells.breakdown, cells.breakdown_id
    having count(*) = parts.n_parts
),

counted as (
    select
        parts.survey_id,
        parts.round_id,
        parts.question_id,
        parts.answer_level,
        parts.answer_code,
        breakdowns.unit,
        breakdowns.breakdown,
        breakdowns.breakdown_id,
        count(distinct breakdowns.unit_id) as n
    from parts
    inner join {{ ref('int_answer_levels') }} as levels
        on
            parts.survey_id = levels.survey_id
            and parts.question_id = levels.question_id
            and parts.answer_level = levels.answer_level
            and parts.part = levels.answer_code
    inner join answers
        on
            parts.survey_id = answers.survey_id
            and parts.round_id = answers.round_id
            and parts.question_id = answers.question_id
            and levels.option_code = answers.code
    inner join {{ ref('int_units_broken_down') }} as breakdowns
        on
            answers.survey_id = breakdowns.survey_id
            and answers.round_id = breakdowns.round_id
            and answers.unit = breakdowns.unit
            and answers.unit_id = breakdowns.unit_id
    group by
        parts.survey_id, parts.round_id, parts.question_id, parts.answer_level, parts.answer_code, breakdowns.unit,
        breakdowns.breakdown, breakdowns.breakdown_id
)

select
    grid.*,
    coalesce(counted.n, 0) as n
from grid
left join counted using (survey_id, round_id, question_id, answer_level, answer_code, unit, breakdown, breakdown_id)
