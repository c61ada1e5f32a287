-- n of every answer in every row of every breakdown, in both units; only what was answered: zeros come in the mart.
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where {{ is_built_now() }}
),

breakdowns as (
    select * from {{ ref('int_units_broken_down') }}
),

levels as (
    select * from {{ ref('int_answer_levels') }}
)

select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.unit,
    breakdowns.breakdown,
    breakdowns.breakdown_id,
    levels.answer_level,
    levels.answer_code,
    count(distinct answers.unit_id) as n
from answers
inner join levels
    on
        answers.survey_id = levels.survey_id
        and answers.question_id = levels.question_id
        and answers.code = levels.option_code
inner join breakdowns
    on
        answers.survey_id = breakdowns.survey_id
        and answers.round_id = breakdowns.round_id
        and answers.unit = breakdowns.unit
        and answers.unit_id = breakdowns.unit_id
group by
    answers.survey_id, answers.round_id, answers.question_id, answers.unit, breakdowns.breakdown,
    breakdowns.breakdown_id, levels.answer_level, levels.answer_code
