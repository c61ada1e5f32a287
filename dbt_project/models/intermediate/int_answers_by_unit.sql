{{ config(materialized='incremental') }}
-- Valid answers once per response, and once per municipality by the question's rule. Content decides ties.
with answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

ranked as (
    select
        answers.*,
        {{ municipality_rank('answers', 'answers.municipality_code', 'questions.municipality_rule') }}
            as municipality_rank
    from answers
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
)

select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    municipality_code,
    response_id,
    question_id,
    part,
    question_type,
    code,
    number_value,
    is_ticked,
    choice_order,
    role_order,
    submitted_at
from ranked
union all
select
    survey_id,
    round_id,
    'municipality' as unit,
    municipality_code as unit_id,
    municipality_code,
    response_id,
    question_id,
    part,
    question_type,
    code,
    number_value,
    is_ticked,
    choice_order,
    role_order,
    submitted_at
from ranked
where municipality_rank = 1
