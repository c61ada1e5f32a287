-- The clusters in which an answer was given, stratum by stratum, in every row of every breakdown.
with answers as (
    select * from {{ ref('int_answers_clustered') }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

strata as (
    select * from {{ ref('int_strata_collapsed') }}
),

{{ placed_in_areas('answers') }}

select
    placed.survey_id,
    placed.round_id,
    placed.question_id,
    placed.unit,
    placed.breakdown,
    placed.breakdown_id,
    placed.answer_level,
    placed.answer_code,
    strata.stratum,
    cast(sum(placed.n) as bigint) as n,
    sum({{ product('placed.n', 'placed.n') }}) as n_squared,
    sum({{ product('placed.n', 'placed.base_n') }}) as n_times_base
from placed
inner join strata
    on
        placed.survey_id = strata.survey_id
        and placed.round_id = strata.round_id
        and placed.question_id = strata.question_id
        and placed.strata_of = strata.breakdown
        and placed.municipality_code = strata.municipality_code
group by
    placed.survey_id, placed.round_id, placed.question_id, placed.unit, placed.breakdown, placed.breakdown_id,
    placed.answer_level, placed.answer_code, strata.stratum
