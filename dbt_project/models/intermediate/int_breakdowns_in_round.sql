-- The rows of each breakdown that a round has: areas of its frame, every size class, role and answer of a breakdown.
with in_frame as (
    select distinct
        survey_id,
        round_id,
        breakdown,
        breakdown_id
    from {{ ref('int_frame_broken_down') }}
)

select
    rounds.survey_id,
    rounds.round_id,
    rounds.is_synthetic,
    labelled.breakdown,
    labelled.breakdown_id,
    labelled.sort_order,
    labelled.breakdown_kind in ('class', 'area') as is_of_municipality,
    labelled.breakdown_kind <> 'role' as has_municipalities
from {{ ref('int_rounds_to_build') }} as rounds
inner join {{ ref('int_breakdowns_labelled') }} as labelled using (survey_id)
left join in_frame using (survey_id, round_id, breakdown, breakdown_id)
where
    in_frame.breakdown_id is not null
    or labelled.breakdown_kind <> 'area'
