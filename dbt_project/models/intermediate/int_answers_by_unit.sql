{{ config(materialized='view') }}
-- Valid answers once per response, and once per municipality by the question's rule.
select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    municipality_code,
    municipality_code as cluster_code,
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
from {{ ref('int_answers_judged') }}
where answer_status = 'valid'
union all
select
    survey_id,
    round_id,
    unit,
    unit_id,
    municipality_code,
    cluster_code,
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
from {{ ref('int_municipality_answers_resolved') }}
where {{ is_built_now() }}
