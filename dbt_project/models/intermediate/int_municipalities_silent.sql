{{ config(materialized='incremental') }}
-- Whom to remind: municipalities of the frame without an accepted response. Private.
with frame as (
    select * from {{ ref('int_frame_classified') }}
),

responded as (
    select * from {{ ref('int_municipalities_responded') }}
)

select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code
from frame
left join responded
    on
        frame.survey_id = responded.survey_id
        and frame.round_id = responded.round_id
        and frame.municipality_code = responded.municipality_code
where responded.municipality_code is null
