-- Which row of every breakdown a response or a municipality belongs to; by role responses only. The answer to a
-- breakdown question that is a municipality's by the rule of the question is its row.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

breakdown_questions as (
    select * from {{ ref('stg_codebook__breakdowns') }}
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where code is not null and {{ is_built_now() }}
),

by_area as (
    select
        responses.survey_id,
        responses.round_id,
        responses.response_id,
        responses.municipality_code,
        frame.breakdown,
        frame.breakdown_id
    from responses
    inner join frame
        on
            responses.survey_id = frame.survey_id
            and responses.round_id = frame.round_id
            and responses.municipality_code = frame.municipality_code
)

select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    breakdown,
    breakdown_id
from by_area
union all
select distinct
    survey_id,
    round_id,
    'municipality' as unit,
    municipality_code as unit_id,
    breakdown,
    breakdown_id
from by_area
union all
select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    'role' as breakdown,
    role_id as breakdown_id
from responses
where role_id is not null
union all
select
    answers.survey_id,
    answers.round_id,
    answers.unit,
    answers.unit_id,
    answers.question_id as breakdown,
    answers.code as breakdown_id
from answers
inner join breakdown_questions
    on answers.survey_id = breakdown_questions.survey_id and answers.question_id = breakdown_questions.question_id
