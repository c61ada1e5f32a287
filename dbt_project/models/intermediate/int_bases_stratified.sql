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

{{ placed_in_areas('bases') }},

clusters as (
    select
        placed.survey_id,
        placed.round_id,
        placed.question_id,
        placed.unit,
        placed.breakdown,
        placed.breakdown_id,
        placed.strata_of,
        strata.stratum,
        strata.weight,
        strata.n_clusters,
        strata.n_municipalities as n_municipalities_of_stratum,
        strata.n_frame,
        count(*) as n_municipalities,
        sum(placed.base_n) as base_n
    from placed
    inner join strata
        on
            placed.survey_id = strata.survey_id
            and placed.round_id = strata.round_id
            and placed.question_id = strata.question_id
            and placed.strata_of = strata.breakdown
            and placed.municipality_code = strata.municipality_code
    group by
        placed.survey_id, placed.round_id, placed.question_id, placed.unit, placed.breakdown, placed.breakdown_id,
        placed.strata_of, strata.stratum, strata.weight, strata.n_clusters, strata.n_municipalities, strata.n_frame,
        placed.cluster_code
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
    count(*) as n_clusters,
    cast(sum(n_municipalities) as bigint) as n_municipalities,
    max(base_n) as largest_base_n,
    cast(sum(base_n) as bigint) as base_n,
    sum({{ product('base_n', 'base_n') }}) as base_squared
from clusters
group by
    survey_id, round_id, question_id, unit, breakdown, breakdown_id, strata_of, stratum, weight, n_clusters,
    n_municipalities_of_stratum, n_frame
