-- The frame and who answered, in every row of every breakdown that is a property of the municipality.
with breakdowns as (
    select * from {{ ref('int_breakdowns_in_round') }}
    where is_of_municipality
),

frame_breakdowns as (
    select * from {{ ref('int_frame_broken_down') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
),

responded as (
    select * from {{ ref('int_municipalities_responded') }}
),

members as (
    select
        frame_breakdowns.survey_id,
        frame_breakdowns.round_id,
        frame_breakdowns.breakdown,
        frame_breakdowns.breakdown_id,
        frame.municipality_code,
        frame.population,
        frame.foreign_language_x1000,
        coalesce(responded.n_responses, 0) as n_responses,
        case when responded.municipality_code is null then 0 else 1 end as has_responded
    from frame_breakdowns
    inner join frame
        on
            frame_breakdowns.survey_id = frame.survey_id
            and frame_breakdowns.round_id = frame.round_id
            and frame_breakdowns.municipality_code = frame.municipality_code
    left join responded
        on
            frame.survey_id = responded.survey_id
            and frame.round_id = responded.round_id
            and frame.municipality_code = responded.municipality_code
),

counts as (
    select
        breakdowns.survey_id,
        breakdowns.round_id,
        breakdowns.is_synthetic,
        breakdowns.breakdown,
        breakdowns.breakdown_id,
        count(members.municipality_code) as n_frame,
        coalesce(sum(members.has_responded), 0) as n_municipalities,
        coalesce(sum(case when members.n_responses = 1 then 1 else 0 end), 0) as n_municipalities_with_one_response,
        coalesce(sum(members.n_responses), 0) as n_responses,
        sum(members.population) as population,
        sum(members.population * members.has_responded) as population_responded,
        sum(members.foreign_language_x1000) as foreign_language_x1000,
        sum(members.foreign_language_x1000 * members.has_responded) as foreign_language_x1000_responded
    from breakdowns
    left join members
        on
            breakdowns.survey_id = members.survey_id
            and breakdowns.round_id = members.round_id
            and breakdowns.breakdown = members.breakdown
            and breakdowns.breakdown_id = members.breakdown_id
    group by
        breakdowns.survey_id,
        breakdowns.round_id,
        breakdowns.is_synthetic,
        breakdowns.breakdown,
        breakdowns.breakdown_id
)

select
    survey_id,
    round_id,
    is_synthetic,
    breakdown,
    breakdown_id,
    n_frame,
    cast(n_municipalities as bigint) as n_municipalities,
    cast(n_municipalities_with_one_response as bigint) as n_municipalities_with_one_response,
    cast(n_responses as bigint) as n_responses,
    {{ share('n_municipalities', 'n_frame') }} as response_rate,
    cast({{ pct_half_up('n_municipalities', 'n_frame') }} as integer) as pct,
    {{ share('n_responses', 'n_municipalities') }} as responses_per_municipality,
    {{ share('population_responded', 'population') }} as population_coverage,
    {{ share('foreign_language_x1000_responded', 'foreign_language_x1000') }} as foreign_language_coverage,
    cast({{ pct_half_up('foreign_language_x1000_responded', 'foreign_language_x1000') }} as integer)
        as foreign_language_coverage_pct
from counts
