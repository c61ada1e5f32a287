{{ config(materialized='incremental') }}
-- The numbers that were answered, municipality by municipality: how many, how much without their signs, from which on
-- and up to which.
select
    survey_id,
    round_id,
    question_id,
    unit,
    municipality_code,
    count(*) as n,
    sum(abs(number_value)) as magnitude,
    min(number_value) as least,
    max(number_value) as greatest
from {{ ref('int_answers_by_unit') }}
where number_value is not null
group by survey_id, round_id, question_id, unit, municipality_code
