{{ config(materialized='incremental') }}
-- Which systems were named; names that match no system of the inventory are one row of their own.
select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_code as system_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    is_synthetic,
    n,
    base_n,
    share,
    pct,
    n_conflicts,
    weighted_share,
    se,
    ci_low,
    ci_high,
    se_fpc,
    ci_low_fpc,
    ci_high_fpc,
    {{ wilson_low('share', 'base_n', var('normal_975')) }} as ci_low_counts,
    {{ wilson_high('share', 'base_n', var('normal_975')) }} as ci_high_counts,
    deff,
    is_reliable,
    is_reliable_for_frame,
    cell_status
from {{ ref('int_shares_estimated') }}
where unit <> 'inhabitant' and answer_level = 'system'
