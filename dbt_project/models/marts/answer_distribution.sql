{{ config(materialized='incremental') }}
select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level as level,
    answer_code,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    {{ key(['survey_id', 'question_id', 'answer_level', 'answer_code']) }} as answer_key,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    is_synthetic,
    n,
    base_n,
    share,
    pct,
    pct_sum100,
    cell_status
from {{ ref('int_answer_shares') }}
