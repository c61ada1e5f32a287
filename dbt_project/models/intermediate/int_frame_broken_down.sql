{{ config(materialized='incremental') }}
-- An area stands on its own frame: its strata are made within it. Those of every other row are the whole frame's.
with frame as (
    select * from {{ ref('int_frame_classified') }}
)

select
    survey_id,
    round_id,
    municipality_code,
    'all' as breakdown,
    'all' as breakdown_id,
    'all' as strata_of
from frame
union all
select
    survey_id,
    round_id,
    municipality_code,
    'size_class' as breakdown,
    size_class_id as breakdown_id,
    'all' as strata_of
from frame
where size_class_id is not null
union all
select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code,
    'size_class_group' as breakdown,
    size_class_groups.size_class_group_id as breakdown_id,
    'all' as strata_of
from frame
inner join {{ ref('stg_codebook__size_class_groups') }} as size_class_groups using (survey_id, size_class_id)
union all
select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code,
    areas.area_level as breakdown,
    areas.area_code as breakdown_id,
    areas.area_level as strata_of
from frame
inner join {{ ref('stg_registry__municipality_areas') }} as areas using (division_date, municipality_code)
