-- The base of a share: units with a valid answer to the question, in every row of every breakdown.
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where {{ is_built_now() }}
),

breakdowns as (
    select * from {{ ref('int_units_broken_down') }}
)

select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.unit,
    breakdowns.breakdown,
    breakdowns.breakdown_id,
    count(distinct answers.unit_id) as base_n
from answers
inner join breakdowns
    on
        answers.survey_id = breakdowns.survey_id
        and answers.round_id = breakdowns.round_id
        and answers.unit = breakdowns.unit
        and answers.unit_id = breakdowns.unit_id
group by
    answers.survey_id, answers.round_id, answers.question_id, answers.unit, breakdowns.breakdown,
    breakdowns.breakdown_id
