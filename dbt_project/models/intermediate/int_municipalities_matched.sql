-- A code matches as text, three digits and all; a name matches in Finnish or Swedish, exactly. Nothing is repaired.
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

candidates as (
    select
        identified.row_id,
        identified.survey_id,
        identified.round_id,
        max(municipalities.municipality_code) as municipality_code
    from identified
    inner join rounds
        on identified.survey_id = rounds.survey_id and identified.round_id = rounds.round_id
    inner join municipalities
        on
            rounds.division_date = municipalities.division_date
            and identified.municipality_cell_type = 'text'
            and (
                identified.municipality_value = municipalities.municipality_code
                or (
                    identified.municipality_part = 'name'
                    and identified.municipality_value in (municipalities.name_fi, municipalities.name_sv)
                )
            )
    group by identified.row_id, identified.survey_id, identified.round_id
    having count(distinct municipalities.municipality_code) = 1
)

select
    candidates.row_id,
    candidates.municipality_code,
    frame.municipality_code is not null as is_in_frame
from candidates
left join frame
    on
        candidates.survey_id = frame.survey_id
        and candidates.round_id = frame.round_id
        and candidates.municipality_code = frame.municipality_code
