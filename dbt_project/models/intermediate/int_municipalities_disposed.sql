-- The final disposition of each municipality of the frame (AAPOR): complete and partial responses, and the rest. A
-- survey without contact records cannot tell refusals from those who were not reached.
with frame as (
    select * from {{ ref('int_frame_classified') }}
),

responded as (
    select * from {{ ref('int_municipalities_responded') }}
),

complete as (
    select distinct
        progressed.survey_id,
        progressed.round_id,
        answered_for.municipality_code
    from {{ ref('int_responses_progressed') }} as progressed
    inner join {{ ref('int_municipalities_answered_for') }} as answered_for
        on
            progressed.survey_id = answered_for.survey_id
            and progressed.round_id = answered_for.round_id
            and progressed.response_id = answered_for.response_id
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
from frame
left join responded
    on
        frame.survey_id = responded.survey_id
        and frame.round_id = responded.round_id
        and frame.municipality_code = responded.municipality_code
left join complete
    on
        frame.survey_id = complete.survey_id
        and frame.round_id = complete.round_id
        and frame.municipality_code = complete.municipality_code
