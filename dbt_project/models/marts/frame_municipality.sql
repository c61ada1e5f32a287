{{ config(materialized='incremental') }}
-- A municipality "answering" in a synthetic round is invented: the count of its responses is not published.
with areas as (
    select * from {{ ref('stg_registry__municipality_areas') }}
)

select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code,
    frame.size_class_id,
    counties.area_code as county_code,
    regions.area_code as region_code,
    {{ key(['frame.survey_id', 'frame.round_id']) }} as round_key,
    {{ key(['rounds.division_date', 'frame.municipality_code']) }} as municipality_key,
    {{ key(['frame.survey_id', "'size_class'", 'frame.size_class_id']) }} as breakdown_key,
    rounds.division_date,
    rounds.is_synthetic,
    frame.population,
    case when not rounds.is_synthetic then coalesce(responded.n_responses, 0) end as n_responses
from {{ ref('int_frame_classified') }} as frame
inner join {{ ref('int_rounds_to_build') }} as rounds using (survey_id, round_id)
left join areas as counties
    on
        frame.division_date = counties.division_date
        and frame.municipality_code = counties.municipality_code
        and counties.area_level = 'county'
left join areas as regions
    on
        frame.division_date = regions.division_date
        and frame.municipality_code = regions.municipality_code
        and regions.area_level = 'region'
left join {{ ref('int_municipalities_responded') }} as responded
    on
        frame.survey_id = responded.survey_id
        and frame.round_id = responded.round_id
        and frame.municipality_code = responded.municipality_code
