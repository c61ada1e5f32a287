-- Answers on the later division, municipality by municipality and in every row of every breakdown. The base is counted
-- like an answer that everybody gave. By role and breakdown question responses only: municipalities that merge would
-- have to answer those anew.
with answers as (
    select * from {{ ref('int_answers_realigned') }}
),

grouped as (
    select * from {{ ref('int_units_grouped') }}
    where unit = 'response' and breakdown <> 'all'
),

levels as (
    select * from {{ ref('int_answer_levels') }}
    where not is_missing
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
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
),

counted as (
    select
        survey_id,
        round_id,
        frame_round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        successor_code as municipality_code,
        answer_level,
        answer_code,
        count(distinct unit_id) as n
    from in_groups
    group by
        survey_id, round_id, frame_round_id, question_id, unit, breakdown, breakdown_id, successor_code, answer_level,
        answer_code
),

{{ placed_in_areas('counted', 'frame_round_id') }}

select * from placed
