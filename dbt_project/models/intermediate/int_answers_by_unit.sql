{{ config(materialized='incremental') }}
-- Valid answers once per response, and once per municipality by the question's rule. Content decides ties. What a joint
-- authority says is the answer of a member that gave none of its own; those that share a response are one cluster.
with answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

answered_for as (
    select * from {{ ref('int_municipalities_answered_for') }}
),

of_municipalities as (
    select answers.* replace (answered_for.municipality_code as municipality_code)
    from answers
    inner join answered_for
        on
            answers.survey_id = answered_for.survey_id
            and answers.round_id = answered_for.round_id
            and answers.response_id = answered_for.response_id
    qualify
        answered_for.is_own
        or max(case when answered_for.is_own then 1 else 0 end) over (
            partition by answers.survey_id, answers.round_id, answered_for.municipality_code, answers.question_id
        ) = 0
),

ranked as (
    select
        of_municipalities.*,
        {{ municipality_rank(
            'of_municipalities', 'of_municipalities.municipality_code', 'questions.municipality_rule'
        ) }} as municipality_rank
    from of_municipalities
    inner join questions
        on
            of_municipalities.survey_id = questions.survey_id
            and of_municipalities.question_id = questions.question_id
)

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
from answers
union all
select
    survey_id,
    round_id,
    'municipality' as unit,
    municipality_code as unit_id,
    municipality_code,
    response_id as cluster_code,
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
