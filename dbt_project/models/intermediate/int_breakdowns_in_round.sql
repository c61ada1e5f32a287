-- The rows of each breakdown that a round has: areas of its frame, every size class, role and answer of a breakdown.
with frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

labelled as (
    select * from {{ ref('int_breakdowns_labelled') }}
),

in_frame as (
    select distinct
        survey_id,
        round_id,
        breakdown,
        breakdown_id
    from frame
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
from rounds
inner join labelled on rounds.survey_id = labelled.survey_id
left join in_frame
    on
        rounds.survey_id = in_frame.survey_id
        and rounds.round_id = in_frame.round_id
        and labelled.breakdown = in_frame.breakdown
        and labelled.breakdown_id = in_frame.breakdown_id
where
    in_frame.breakdown_id is not null
    or labelled.breakdown_kind <> 'area'
