{{ config(materialized='incremental') }}
with shares as (
    select * from {{ ref('int_shares_estimated') }}
    where unit in ('response', 'municipality') and answer_level <> 'system'
),

-- The same responses by the weights of their provider, where there are any.
weighted as (
    select * from {{ ref('int_shares_estimated') }}
    where unit = 'weighted_response' and base_n > 0
)

select
    shares.survey_id,
    shares.round_id,
    shares.question_id,
    shares.unit,
    shares.breakdown,
    shares.breakdown_id,
    shares.answer_level as level,
    shares.answer_code,
    {{ key(['shares.survey_id', 'shares.round_id']) }} as round_key,
    {{ key(['shares.survey_id', 'shares.question_id']) }} as question_key,
    {{ key(['shares.survey_id', 'shares.question_id', 'shares.answer_level', 'shares.answer_code']) }} as answer_key,
    {{ key(['shares.survey_id', 'shares.breakdown', 'shares.breakdown_id']) }} as breakdown_key,
    shares.is_synthetic,
    shares.n,
    shares.base_n,
    shares.share,
    shares.pct,
    shares.pct_sum100,
    shares.n_conflicts,
    shares.weighted_share,
    shares.se,
    shares.ci_low,
    shares.ci_high,
    shares.se_fpc,
    shares.ci_low_fpc,
    shares.ci_high_fpc,
    {{ wilson_low('shares.share', 'shares.base_n', var('normal_975')) }} as ci_low_counts,
    {{ wilson_high('shares.share', 'shares.base_n', var('normal_975')) }} as ci_high_counts,
    weighted.weighted_share as provider_share,
    weighted.se as provider_se,
    weighted.ci_low as provider_ci_low,
    weighted.ci_high as provider_ci_high,
    shares.deff,
    shares.is_reliable,
    shares.is_reliable_for_frame,
    shares.cell_status
from shares
left join weighted
    on
        shares.survey_id = weighted.survey_id
        and shares.round_id = weighted.round_id
        and shares.question_id = weighted.question_id
        and shares.unit = 'response'
        and shares.breakdown = weighted.breakdown
        and shares.breakdown_id = weighted.breakdown_id
        and shares.answer_level = weighted.answer_level
        and shares.answer_code = weighted.answer_code
