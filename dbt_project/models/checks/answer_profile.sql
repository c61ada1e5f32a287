{{ config(materialized='incremental') }}
-- The different answers of each question with their status and count: what Great Expectations judges, a value once.
-- Free text and names of systems have no codebook to be held against: only their status is profiled.
with meanings as (
    select * from {{ ref('int_meanings_judged') }}
),

counted as (
    select * from {{ ref('int_meanings_counted') }}
    where breakdown = 'all'
)

select
    meanings.survey_id,
    meanings.round_id,
    meanings.question_id,
    meanings.question_type,
    case when meanings.question_type not in ('text', 'system') then meanings.judged_value end as judged_value,
    meanings.answer_status,
    cast(sum(counted.n) as bigint) as n
from meanings
inner join counted on meanings.meaning_id = counted.meaning_id
group by all
