-- A municipality "answering" in a synthetic round is invented: the count of its responses is not published.
with frame as (
    select * from {{ ref('int_frame_classified') }}
),

rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

responded as (
    select * from {{ ref('int_municipalities_responded') }}
)

select
    frame.survey_id,
    frame.round_id,
    frame.municipality_code,
    frame.size_class_id,
    frame.county_code,
    frame.region_code,
    {{ key(['frame.survey_id', 'frame.round_id']) }} as round_key,
    rounds.division_date,
    rounds.is_synthetic,
    frame.population,
    case when not rounds.is_synthetic then coalesce(responded.n_responses, 0) end as n_responses
from frame
inner join rounds
    on frame.survey_id = rounds.survey_id and frame.round_id = rounds.round_id
left join responded
    on
        frame.survey_id = responded.survey_id
        and frame.round_id = responded.round_id
        and frame.municipality_code = responded.municipality_code
