-- Each municipality in both rounds of a pair: how many gave an answer in the later and in the earlier one, 0 in a round
-- that it was silent in.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

clustered as (
    select * from {{ ref('int_realigned_clustered') }}
),

sides as (
    select
        pairs.survey_id,
        pairs.round_id,
        pairs.earlier_round_id,
        pairs.question_id,
        clustered.unit,
        clustered.breakdown,
        clustered.breakdown_id,
        clustered.municipality_code,
        clustered.answer_level,
        clustered.answer_code,
        clustered.n,
        0 as earlier_n
    from pairs
    inner join clustered
        on
            pairs.survey_id = clustered.survey_id
            and pairs.round_id = clustered.round_id
            and pairs.frame_round_id = clustered.frame_round_id
            and pairs.question_id = clustered.question_id
    union all
    select
        pairs.survey_id,
        pairs.round_id,
        pairs.earlier_round_id,
        pairs.question_id,
        clustered.unit,
        clustered.breakdown,
        clustered.breakdown_id,
        clustered.municipality_code,
        clustered.answer_level,
        clustered.answer_code,
        0 as n,
        clustered.n as earlier_n
    from pairs
    inner join clustered
        on
            pairs.survey_id = clustered.survey_id
            and pairs.earlier_round_id = clustered.round_id
            and pairs.earlier_frame_round_id = clustered.frame_round_id
            and pairs.earlier_question_id = clustered.question_id
)

select
    survey_id,
    round_id,
    earlier_round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    municipality_code,
    answer_level,
    answer_code,
    cast(sum(n) as bigint) as n,
    cast(sum(earlier_n) as bigint) as earlier_n
from sides
group by
    survey_id, round_id, earlier_round_id, question_id, unit, breakdown, breakdown_id, municipality_code, answer_level,
    answer_code
