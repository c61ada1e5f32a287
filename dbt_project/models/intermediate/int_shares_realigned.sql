-- Counts and bases of a round on the frame of another round, by area and size class.
with answers as (
    select * from {{ ref('int_answers_realigned') }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

levels as (
    select * from {{ ref('int_answer_levels') }}
),

placed as (
    select
        answers.survey_id,
        answers.round_id,
        answers.frame_round_id,
        answers.question_id,
        answers.unit,
        answers.unit_id,
        answers.code,
        frame.breakdown,
        frame.breakdown_id
    from answers
    inner join frame
        on
            answers.survey_id = frame.survey_id
            and answers.frame_round_id = frame.round_id
            and answers.successor_code = frame.municipality_code
),

bases as (
    select
        survey_id,
        round_id,
        frame_round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        count(distinct unit_id) as base_n
    from placed
    group by survey_id, round_id, frame_round_id, question_id, unit, breakdown, breakdown_id
),

possible as (
    select distinct
        survey_id,
        question_id,
        answer_level,
        answer_code
    from levels
    where not is_missing
),

counted as (
    select
        placed.survey_id,
        placed.round_id,
        placed.frame_round_id,
        placed.question_id,
        placed.unit,
        placed.breakdown,
        placed.breakdown_id,
        levels.answer_level,
        levels.answer_code,
        count(distinct placed.unit_id) as n
    from placed
    inner join levels
        on
            placed.survey_id = levels.survey_id
            and placed.question_id = levels.question_id
            and placed.code = levels.option_code
    group by
        placed.survey_id, placed.round_id, placed.frame_round_id, placed.question_id, placed.unit,
        placed.breakdown, placed.breakdown_id, levels.answer_level, levels.answer_code
)

select
    bases.survey_id,
    bases.round_id,
    bases.frame_round_id,
    bases.question_id,
    bases.unit,
    bases.breakdown,
    bases.breakdown_id,
    possible.answer_level,
    possible.answer_code,
    coalesce(counted.n, 0) as n,
    bases.base_n
from bases
inner join possible
    on bases.survey_id = possible.survey_id and bases.question_id = possible.question_id
left join counted
    on
        bases.survey_id = counted.survey_id
        and bases.round_id = counted.round_id
        and bases.frame_round_id = counted.frame_round_id
        and bases.question_id = counted.question_id
        and bases.unit = counted.unit
        and bases.breakdown = counted.breakdown
        and bases.breakdown_id = counted.breakdown_id
        and possible.answer_level = counted.answer_level
        and possible.answer_code = counted.answer_code
