-- Both sides of each contrast cluster by cluster: how many units gave the answer there, beside how many answered. An
-- area has strata of its own.
with cells as (
    select * from {{ ref('int_figures_compared') }}
),

units as (
    select * from {{ ref('int_units_broken_down') }}
),

answered as (
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

given as (
    select * from {{ ref('int_figures_given') }}
),

strata as (
    select * from {{ ref('int_strata_collapsed') }}
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
    from cells
    inner join units
        on
            cells.survey_id = units.survey_id
            and cells.round_id = units.round_id
            and cells.unit = units.unit
            and cells.breakdown = units.breakdown
            and cells.breakdown_id = units.breakdown_id
    inner join answered
        on
            cells.survey_id = answered.survey_id
            and cells.round_id = answered.round_id
            and cells.question_id = answered.question_id
            and cells.unit = answered.unit
            and units.unit_id = answered.unit_id
    left join given
        on
            cells.survey_id = given.survey_id
            and cells.round_id = given.round_id
            and cells.question_id = given.question_id
            and cells.unit = given.unit
            and units.unit_id = given.unit_id
            and cells.answer_level = given.answer_level
            and cells.answer_code = given.answer_code
    left join areas
        on
            cells.survey_id = areas.survey_id
            and cells.round_id = areas.round_id
            and cells.breakdown = areas.breakdown
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
inner join strata
    on
        counted.survey_id = strata.survey_id
        and counted.round_id = strata.round_id
        and counted.question_id = strata.question_id
        and coalesce(counted.area_level, 'all') = strata.breakdown
        and counted.municipality_code = strata.municipality_code
group by
    counted.survey_id, counted.figure_id, counted.contrast, strata_in,
    strata.stratum, strata.weight, strata.n_clusters, strata.n_municipalities, strata.n_frame, counted.cluster_code
