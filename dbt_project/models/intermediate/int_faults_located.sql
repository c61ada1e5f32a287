{{ config(materialized='incremental') }}
-- What to ask a municipality again: doubtful answers and rows that wait, without the text that was given. Private.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
),

answers as (
    select * from {{ ref('int_answers_doubtful') }}
),

quarantined as (
    select * from {{ ref('int_rows_quarantined') }}
)

select
    responses.survey_id,
    responses.round_id,
    responses.municipality_code,
    responses.response_id,
    answers.question_id,
    responses.row_id || ', ' || answers.source_column as place,
    answers.advice as reason
from answers
inner join responses on answers.row_id = responses.row_id
union all
select
    responses.survey_id,
    responses.round_id,
    responses.municipality_code,
    responses.response_id,
    null as question_id,
    responses.row_id as place,
    replace(quarantined.reason, '"' || responses.municipality_value || '"', 'as given') as reason
from quarantined
inner join responses on quarantined.row_id = responses.row_id
