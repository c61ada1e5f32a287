{{ config(materialized='incremental') }}
-- Which systems were named; names that match no system of the inventory are one row of their own.
with shares as (
    select * from {{ ref('int_shares_estimated') }}
    where unit in ('response', 'municipality') and answer_level = 'system'
)

select
    shares.survey_id,
    shares.round_id,
    shares.question_id,
    shares.unit,
    shares.breakdown,
    shares.breakdown_id,
    shares.answer_code as system_id,
    {{ key(['shares.survey_id', 'shares.round_id']) }} as round_key,
    {{ key(['shares.survey_id', 'shares.question_id']) }} as question_key,
    {{ key(['shares.survey_id', 'shares.breakdown', 'shares.breakdown_id']) }} as breakdown_key,
    systems.system_kind,
    systems.vendor,
    shares.is_synthetic,
    shares.n,
    shares.base_n,
    shares.share,
    shares.pct,
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
    shares.deff,
    shares.is_reliable,
    shares.is_reliable_for_frame,
    shares.cell_status
from shares
left join {{ ref('stg_systems__systems') }} as systems on shares.answer_code = systems.system_id
