{{ config(materialized='incremental') }}
-- Not a share of municipalities: the share of inhabitants who live in a municipality that gave the answer.
select
    survey_id,
    round_id,
    question_id,
    breakdown,
    breakdown_id,
    answer_level as level,
    answer_code,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    {{ key(['survey_id', 'question_id', 'answer_level', 'answer_code']) }} as answer_key,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    is_synthetic,
    base_n as base_inhabitants,
    n_municipalities as base_municipalities,
    weighted_share as inhabitant_share,
    se,
    ci_low,
    ci_high,
    se_fpc,
    ci_low_fpc,
    ci_high_fpc,
    is_dominated,
    is_reliable and not is_dominated as is_reliable,
    -- Where everybody answered nobody stands for anybody.
    is_reliable_for_frame and (not is_dominated or ci_low_fpc = ci_high_fpc) as is_reliable_for_frame,
    cell_status
from {{ ref('int_shares_estimated') }}
where unit = 'inhabitant'
