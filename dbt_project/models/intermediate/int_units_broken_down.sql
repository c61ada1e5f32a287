{{ config(materialized='view') }}
-- Which row of every breakdown a response or a municipality belongs to: each once, by the keys of the two tables, since
-- no survey may call a breakdown of its own as one by area is called.
with grouped as (
    select * from {{ ref('int_units_grouped') }}
    where {{ is_built_now() }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
    where breakdown <> 'all'
)

select
    survey_id,
    round_id,
    unit,
    unit_id,
    breakdown,
    breakdown_id
from grouped
union all
select
    grouped.survey_id,
    grouped.round_id,
    grouped.unit,
    grouped.unit_id,
    frame.breakdown,
    frame.breakdown_id
from grouped
inner join frame using (survey_id, round_id, municipality_code)
where grouped.breakdown = 'all'
