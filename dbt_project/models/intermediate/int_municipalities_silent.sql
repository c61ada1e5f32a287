{{ config(materialized='incremental') }}
-- Whom to remind: municipalities of the frame without an accepted response. Private.
select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code
from {{ ref('int_frame_classified') }} as frame
left join {{ ref('int_municipalities_responded') }} as responded using (survey_id, round_id, municipality_code)
where responded.municipality_code is null
