-- The answers to closed questions and the systems named, in every group that no area decides.
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type in ('select_one', 'select_multiple', 'system') and {{ is_built_now() }}
),

grouped as (
    select * from {{ ref('int_units_grouped') }}
    where {{ is_built_now() }}
)

select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.question_type,
    answers.unit,
    answers.unit_id,
    answers.municipality_code,
    answers.cluster_code,
    grouped.breakdown,
    grouped.breakdown_id,
    answers.part,
    case when answers.question_type = 'system' then coalesce(answers.code, 'unmatched') else answers.code end as code
from answers
inner join grouped using (survey_id, round_id, unit, unit_id)
