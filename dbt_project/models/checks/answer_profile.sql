-- The different answers of each question with their status and count: what Great Expectations judges, a value once.
-- Free text and names of systems have no codebook to be held against: only their status is profiled.
select
    survey_id,
    round_id,
    question_id,
    question_type,
    case when question_type not in ('text', 'system') then judged_value end as judged_value,
    answer_status,
    count(*) as n
from {{ ref('int_answers_judged') }}
group by all
