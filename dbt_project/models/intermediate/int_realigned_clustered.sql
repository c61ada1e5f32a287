-- Answers to questions that are compared, on the later division, municipality by municipality. The base is counted like
-- an answer that everybody gave. By role and breakdown question responses only: municipalities that merge would have to
-- answer those anew.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

answers as (
    select * from {{ ref('int_answers_realigned') }}
),

levels as (
    select * from {{ ref('int_answer_levels') }}
    where not is_missing
),

wanted as (
    select
        survey_id,
        round_id,
        question_id,
        frame_round_id,
        division_date
    from pairs
    union
    select
        survey_id,
        earlier_round_id as round_id,
        earlier_question_id as question_id,
        earlier_frame_round_id as frame_round_id,
        division_date
    from pairs
),

given as (
    select
        answers.survey_id,
        answers.round_id,
        answers.frame_round_id,
        answers.question_id,
        answers.successor_code,
        levels.answer_level,
        levels.answer_code
    from answers
    inner join levels
        on
            answers.survey_id = levels.survey_id
            and answers.question_id = levels.question_id
            and answers.code = levels.option_code
    union
    select
        survey_id,
        round_id,
        frame_round_id,
        question_id,
        successor_code,
        'base' as answer_level,
        'base' as answer_code
    from answers
)

select
    survey_id,
    round_id,
    frame_round_id,
    question_id,
    'municipality' as unit,
    'all' as breakdown,
    'all' as breakdown_id,
    successor_code as municipality_code,
    answer_level,
    answer_code,
    cast(1 as bigint) as n
from given
union all
select
    wanted.survey_id,
    wanted.round_id,
    wanted.frame_round_id,
    wanted.question_id,
    counted.unit,
    counted.breakdown,
    counted.breakdown_id,
    successors.successor_code as municipality_code,
    counted.answer_level,
    counted.answer_code,
    cast(sum(counted.n) as bigint) as n
from wanted
inner join {{ ref('int_answers_grouped') }} as counted
    on
        wanted.survey_id = counted.survey_id
        and wanted.round_id = counted.round_id
        and wanted.question_id = counted.question_id
        and counted.unit = 'response'
inner join {{ ref('stg_codebook__rounds') }} as rounds
    on wanted.survey_id = rounds.survey_id and wanted.round_id = rounds.round_id
inner join {{ ref('int_municipality_successors') }} as successors
    on
        rounds.division_date = successors.division_date
        and counted.municipality_code = successors.municipality_code
        and wanted.division_date = successors.later_division_date
group by
    wanted.survey_id, wanted.round_id, wanted.frame_round_id, wanted.question_id, counted.unit, counted.breakdown,
    counted.breakdown_id, successors.successor_code, counted.answer_level, counted.answer_code
