-- Both sides of each contrast cluster by cluster: how many units gave the answer there, beside how many answered. An
-- area has strata of its own.
with answered as (
    select distinct
        survey_id,
        round_id,
        question_id,
        unit,
        unit_id,
        municipality_code,
        cluster_code
    from {{ ref('int_figures_given') }}
),

areas as (
    select distinct
        survey_id,
        round_id,
        breakdown
    from {{ ref('int_frame_broken_down') }}
    where strata_of = breakdown and breakdown <> 'all'
),

counted as (
    select
        cells.*,
        answered.municipality_code,
        answered.cluster_code,
        areas.breakdown as area_level,
        case when given.unit_id is null then 0 else 1 end as n
    from {{ ref('int_figures_compared') }} as cells
    inner join {{ ref('int_units_broken_down') }} using (survey_id, round_id, unit, breakdown, breakdown_id)
    inner join answered using (survey_id, round_id, question_id, unit, unit_id)
    left join {{ ref('int_figures_given') }} as given
        using (survey_id, round_id, question_id, unit, unit_id, answer_level, answer_code)
    left join areas using (survey_id, round_id, breakdown)
)

select
    counted.survey_id,
    counted.figure_id,
    counted.contrast,
    case when counted.area_level is null then 'all' else counted.breakdown_id end as strata_in,
    strata.stratum,
    strata.weight,
    strata.n_clusters as n_clusters_of_stratum,
    {{ finite_population('strata.n_municipalities', 'strata.n_frame') }} as finite_population,
    counted.cluster_code,
    cast(sum(case when counted.side = 1 then counted.n else 0 end) as bigint) as n,
    count(case when counted.side = 1 then 1 end) as base_n,
    cast(sum(case when counted.side = -1 then counted.n else 0 end) as bigint) as other_n,
    count(case when counted.side = -1 then 1 end) as other_base_n
from counted
inner join {{ ref('int_strata_collapsed') }} as strata
    on
        counted.survey_id = strata.survey_id
        and counted.round_id = strata.round_id
        and counted.question_id = strata.question_id
        and coalesce(counted.area_level, 'all') = strata.breakdown
        and counted.municipality_code = strata.municipality_code
group by
    counted.survey_id, counted.figure_id, counted.contrast, strata_in,
    strata.stratum, strata.weight, strata.n_clusters, strata.n_municipalities, strata.n_frame, counted.cluster_code
