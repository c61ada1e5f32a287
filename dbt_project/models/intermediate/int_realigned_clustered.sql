-- Answers to questions that are compared, on the later division, municipality by municipality. The base is counted like
-- an answer that everybody gave. By role and breakdown question responses only: municipalities that merge would have to
-- answer those anew.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

own as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type in ('select_one', 'select_multiple')
),

wanted as (
    select
        survey_id,
        round_id,
        question_id
    from pairs
    where round_id = frame_round_id
    union
    select
        survey_id,
        earlier_round_id as round_id,
        earlier_question_id as question_id
    from pairs
    where earlier_round_id = earlier_frame_round_id
),

answers as (
    select
        survey_id,
        round_id,
        frame_round_id,
        unit,
        unit_id,
        question_id,
        successor_code as municipality_code,
        code
    from {{ ref('int_answers_realigned') }}
    union all
    select
        own.survey_id,
        own.round_id,
        own.round_id as frame_round_id,
        own.unit,
        own.unit_id,
        own.question_id,
        own.municipality_code,
        own.code
    from own
    inner join wanted using (survey_id, round_id, question_id)
),

grouped as (
    select * from {{ ref('int_units_grouped') }}
    where unit = 'response' and breakdown <> 'all'
),

levels as (
    select * from {{ ref('int_answer_levels') }}
    where not is_missing
),

given as (
    select
        answers.*,
        levels.answer_level,
        levels.answer_code
    from answers
    inner join levels
        on
            answers.survey_id = levels.survey_id
            and answers.question_id = levels.question_id
            and answers.code = levels.option_code
    union all
    select
        answers.*,
        'base' as answer_level,
        'base' as answer_code
    from answers
),

in_groups as (
    select
        given.*,
        'all' as breakdown,
        'all' as breakdown_id
    from given
    union all
    select
        given.*,
        grouped.breakdown,
        grouped.breakdown_id
    from given
    inner join grouped
        on
            given.survey_id = grouped.survey_id
            and given.round_id = grouped.round_id
            and given.unit = grouped.unit
            and given.unit_id = grouped.unit_id
)

select
    survey_id,
    round_id,
    frame_round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    municipality_code,
    answer_level,
    answer_code,
    count(distinct unit_id) as n
from in_groups
group by
    survey_id, round_id, frame_round_id, question_id, unit, breakdown, breakdown_id, municipality_code, answer_level,
    answer_code
