-- A code matches as text, leading zeros and all; a name matches in any language, exactly. Nothing is repaired.
with identified as (
    select * from {{ ref('int_rows_identified') }}
),

rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
),

closed as (
    select * from {{ ref('int_municipalities_closed') }}
    where is_counted_as_successor
),

spelled as (
    select
        rounds.survey_id,
        rounds.round_id,
        municipalities.municipality_code,
        municipalities.names,
        municipalities.municipality_code as counted_as,
        false as is_closed
    from rounds
    inner join municipalities on rounds.division_date = municipalities.division_date
    union all
    select
        survey_id,
        round_id,
        municipality_code,
        municipality_names as names,
        successor_code as counted_as,
        true as is_closed
    from closed
),

spellings as (
    select
        *,
        municipality_code as spelling,
        true as is_code
    from spelled
    union all
    select
        *,
        {{ texts_of('names') }} as spelling,
        false as is_code
    from spelled
),

candidates as (
    select
        identified.row_id,
        identified.survey_id,
        identified.round_id,
        max(spellings.counted_as) as municipality_code,
        {{ any_true('spellings.is_closed') }} as is_closed
    from identified
    inner join spellings
        on
            identified.survey_id = spellings.survey_id
            and identified.round_id = spellings.round_id
            and identified.municipality_value = spellings.spelling
            and (spellings.is_code or identified.municipality_part = 'name')
    group by identified.row_id, identified.survey_id, identified.round_id
    having count(distinct spellings.counted_as) = 1
)

select
    candidates.row_id,
    candidates.municipality_code,
    candidates.is_closed as is_municipality_closed,
    frame.municipality_code is not null as is_in_frame
from candidates
left join frame
    on
        candidates.survey_id = frame.survey_id
        and candidates.round_id = frame.round_id
        and candidates.municipality_code = frame.municipality_code
