-- The final disposition of each municipality of the frame (AAPOR): complete and partial responses, and the rest. A
-- survey without contact records cannot tell refusals from those who were not reached.
with complete as (
    select distinct
        progressed.survey_id,
        progressed.round_id,
        answered_for.municipality_code
    from {{ ref('int_responses_progressed') }} as progressed
    inner join {{ ref('int_municipalities_answered_for') }} as answered_for using (survey_id, round_id, response_id)
    where progressed.is_complete
)

select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code,
    case
        when responded.municipality_code is null then 'no_response'
        when complete.municipality_code is null then 'partial'
        else 'complete'
    end as disposition
from {{ ref('int_frame_classified') }} as frame
left join {{ ref('int_municipalities_responded') }} as responded using (survey_id, round_id, municipality_code)
left join complete using (survey_id, round_id, municipality_code)
