-- The clusters in which an answer was given, stratum by stratum, in every row of every breakdown.
with answers as (
    select * from {{ ref('int_answers_clustered') }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

strata as (
    select * from {{ ref('int_strata_collapsed') }}
),

{{ placed_in_strata('answers', ref('int_bases_clustered')) }},

-- Municipalities that answer alone are summed at once; others cluster by cluster, so that their sums are squared.
clusters as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        answer_level,
        answer_code,
        stratum,
        shared_code,
        sum(n) as n,
        sum(base_n) as base_n,
        sum({{ product('n', 'n') }}) as n_squared,
        sum({{ product('n', 'base_n') }}) as n_times_base
    from stratified
    group by
        survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code, stratum,
        shared_code
)

select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    stratum,
    cast(sum(n) as bigint) as n,
    sum(case when shared_code is null then n_squared else {{ product('n', 'n') }} end) as n_squared,
    sum(case when shared_code is null then n_times_base else {{ product('n', 'base_n') }} end) as n_times_base
from clusters
group by
    survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code, stratum
