-- The clusters of a base, stratum by stratum, in every row of every breakdown: what its variance is made of.
with bases as (
    select * from {{ ref('int_bases_clustered') }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

strata as (
    select * from {{ ref('int_strata_collapsed') }}
),

{{ placed_in_strata('bases', ref('int_bases_clustered')) }},

-- Municipalities that answer alone are summed at once; others cluster by cluster, so that their sums are squared.
clusters as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        strata_of,
        stratum,
        weight,
        n_clusters,
        n_municipalities_of_stratum,
        n_frame,
        shared_code,
        count(*) as n_municipalities,
        max(base_n) as largest_base_n,
        sum(base_n) as base_n,
        sum({{ product('base_n', 'base_n') }}) as base_squared
    from stratified
    group by
        survey_id, round_id, question_id, unit, breakdown, breakdown_id, strata_of, stratum, weight, n_clusters,
        n_municipalities_of_stratum, n_frame, shared_code
)

select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    stratum,
    {{ weight_of_unit('unit', 'weight') }} as weight,
    n_clusters as n_clusters_of_stratum,
    {{ stratum_factor('n_clusters', weight_of_unit('unit', 'weight')) }} as factor,
    {{ finite_population('n_municipalities_of_stratum', 'n_frame') }} as finite_population,
    case when strata_of <> 'all' then n_frame end as n_frame,
    cast(sum(case when shared_code is null then n_municipalities else 1 end) as bigint) as n_clusters,
    cast(sum(n_municipalities) as bigint) as n_municipalities,
    max(case when shared_code is null then largest_base_n else base_n end) as largest_base_n,
    cast(sum(base_n) as bigint) as base_n,
    sum(case when shared_code is null then base_squared else {{ product('base_n', 'base_n') }} end) as base_squared
from clusters
group by
    survey_id, round_id, question_id, unit, breakdown, breakdown_id, strata_of, stratum, weight, n_clusters,
    n_municipalities_of_stratum, n_frame
