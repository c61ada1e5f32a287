-- Each municipality in both rounds of a pair: how many gave an answer in the later and in the earlier one, 0 in a round
-- that it was silent in.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

sides as (
    select
        survey_id,
        round_id,
        earlier_round_id,
        question_id,
        round_id as side_round_id,
        frame_round_id as side_frame_round_id,
        question_id as side_question_id,
        1 as is_later
    from pairs
    union all
    select
        survey_id,
        round_id,
        earlier_round_id,
        question_id,
        earlier_round_id as side_round_id,
        earlier_frame_round_id as side_frame_round_id,
        earlier_question_id as side_question_id,
        0 as is_later
    from pairs
)

select
    sides.survey_id,
    sides.round_id,
    sides.earlier_round_id,
    sides.question_id,
    clustered.unit,
    clustered.breakdown,
    clustered.breakdown_id,
    clustered.municipality_code,
    clustered.answer_level,
    clustered.answer_code,
    cast(sum(clustered.n * sides.is_later) as bigint) as n,
    cast(sum(clustered.n * (1 - sides.is_later)) as bigint) as earlier_n
from sides
inner join {{ ref('int_realigned_clustered') }} as clustered
    on
        sides.survey_id = clustered.survey_id
        and sides.side_round_id = clustered.round_id
        and sides.side_frame_round_id = clustered.frame_round_id
        and sides.side_question_id = clustered.question_id
group by
    sides.survey_id, sides.round_id, sides.earlier_round_id, sides.question_id, clustered.unit, clustered.breakdown,
    clustered.breakdown_id, clustered.municipality_code, clustered.answer_level, clustered.answer_code
