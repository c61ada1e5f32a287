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

{{ placed_in_areas('bases') }}

select
    placed.survey_id,
    placed.round_id,
    placed.question_id,
    placed.unit,
    placed.breakdown,
    placed.breakdown_id,
    strata.stratum,
    {{ weight_of_unit('placed.unit', 'strata.weight') }} as weight,
    strata.n_clusters as n_clusters_of_stratum,
    {{ stratum_factor('strata.n_clusters', weight_of_unit('placed.unit', 'strata.weight')) }} as factor,
    {{ finite_population('strata.n_clusters', 'strata.n_frame') }} as finite_population,
    case when placed.strata_of <> 'all' then strata.n_frame end as n_frame,
    count(*) as n_clusters,
    max(placed.base_n) as largest_base_n,
    cast(sum(placed.base_n) as bigint) as base_n,
    sum({{ product('placed.base_n', 'placed.base_n') }}) as base_squared
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
    placed.strata_of, strata.stratum, strata.weight, strata.n_clusters, strata.n_frame
