{{ config(materialized='view') }}
-- The cells that printed figures can speak of: those of each answer, and of answers that are counted together.
select
    survey_id,
    round_id,
    question_id,
    answer_level,
    answer_code,
    unit,
    breakdown,
    breakdown_id,
    n,
    base_n,
    share,
    pct,
    pct_sum100
from {{ ref('int_answer_shares') }}
where cell_status <> 'not_asked'
union all
select
    survey_id,
    round_id,
    question_id,
    answer_level,
    answer_code,
    unit,
    breakdown,
    breakdown_id,
    n,
    base_n,
    {{ share('n', 'base_n') }} as share,
    cast({{ pct_half_up('n', 'base_n') }} as integer) as pct,
    cast(null as integer) as pct_sum100
from {{ ref('int_answers_joined') }}
