{{ config(materialized='incremental') }}
-- Roles and names of systems that nobody has said the meaning of. The answer counts; a person may give it a code.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

reserved as (
    select * from {{ ref('int_reserved_cells') }}
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where question_type = 'system' and answer_status = 'valid' and code is null
)

select
    responses.survey_id,
    responses.round_id,
    responses.row_id,
    '_role' as list_name,
    reserved.role_column as source_column,
    reserved.role_value as spelling
from responses
inner join reserved on responses.row_key = reserved.row_key
where responses.is_role_unknown
union all
select
    survey_id,
    round_id,
    row_id,
    question_id as list_name,
    source_column,
    raw_value as spelling
from answers
