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

{{ placed_in_areas('answers') }},

clusters as (
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
        sum(placed.n) as n,
        sum(placed.base_n) as base_n
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
        placed.answer_level, placed.answer_code, strata.stratum, placed.cluster_code
)

select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    stratum,
    cast(sum(n) as bigint) as n,
    sum({{ product('n', 'n') }}) as n_squared,
    sum({{ product('n', 'base_n') }}) as n_times_base
from clusters
group by
    survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code, stratum
