{{ config(materialized='incremental') }}
-- The groups of responses and municipalities that no area decides: all of them, the role of the respondent, and the
-- answer to a breakdown question, which is a municipality's by the rule of the question.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where code is not null
)

select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    municipality_code,
    'all' as breakdown,
    'all' as breakdown_id
from responses
union all
select distinct
    survey_id,
    round_id,
    'municipality' as unit,
    municipality_code as unit_id,
    municipality_code,
    'all' as breakdown,
    'all' as breakdown_id
from {{ ref('int_municipalities_answered_for') }}
union all
select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    municipality_code,
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
    answers.municipality_code,
    answers.question_id as breakdown,
    answers.code as breakdown_id
from answers
inner join {{ ref('stg_codebook__breakdowns') }} using (survey_id, question_id)
