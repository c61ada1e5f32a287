-- A code matches as text, leading zeros and all; a name matches in any language, exactly. Nothing is repaired. A joint
-- authority, which is none of them, stands at the first of its members.
with identified as (
    select * from {{ ref('int_rows_identified') }}
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
    from {{ ref('int_rounds_to_build') }} as rounds
    inner join {{ ref('stg_registry__municipalities') }} as municipalities using (division_date)
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
        identified.row_key,
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
    group by identified.row_key, identified.survey_id, identified.round_id
    having count(distinct spellings.counted_as) = 1
),

first_members as (
    select * from {{ ref('stg_codebook__members') }}
    qualify row_number() over (partition by survey_id, round_id, respondent order by sort_order) = 1
),

matched as (
    select
        *,
        false as is_joint_authority
    from candidates
    union all
    select
        identified.row_key,
        identified.survey_id,
        identified.round_id,
        first_members.municipality_code,
        false as is_closed,
        true as is_joint_authority
    from identified
    inner join first_members
        on
            identified.survey_id = first_members.survey_id
            and identified.round_id = first_members.round_id
            and identified.municipality_value = first_members.respondent
    left join candidates using (row_key)
    where candidates.row_key is null
)

select
    matched.row_key,
    matched.municipality_code,
    matched.is_joint_authority,
    matched.is_closed as is_municipality_closed,
    frame.municipality_code is not null as is_in_frame
from matched
left join {{ ref('int_frame_classified') }} as frame using (survey_id, round_id, municipality_code)
