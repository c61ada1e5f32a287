-- The answers of a round on the frame of another round, whose division is later: municipalities that have merged since
-- are one, by the rule of the question.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

successors as (
    select * from {{ ref('int_municipality_successors') }}
),

wanted as (
    select
        survey_id,
        earlier_question_id as question_id,
        earlier_round_id as round_id,
        earlier_frame_round_id as frame_round_id,
        division_date
    from pairs
    where earlier_round_id <> earlier_frame_round_id
    union
    select
        survey_id,
        question_id,
        round_id,
        frame_round_id,
        division_date
    from pairs
    where round_id <> frame_round_id
),

moved as (
    select
        answers.*,
        wanted.frame_round_id,
        successors.successor_code,
        {{ municipality_rank('answers', 'successors.successor_code', 'questions.municipality_rule') }}
            as municipality_rank
    from wanted
    inner join answers
        on
            wanted.survey_id = answers.survey_id
            and wanted.round_id = answers.round_id
            and wanted.question_id = answers.question_id
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
    inner join rounds
        on wanted.survey_id = rounds.survey_id and wanted.round_id = rounds.round_id
    inner join successors
        on
            rounds.division_date = successors.division_date
            and answers.municipality_code = successors.municipality_code
            and wanted.division_date = successors.later_division_date
)

select
    survey_id,
    round_id,
    frame_round_id,
    unit,
    unit_id,
    question_id,
    part,
    successor_code,
    code
from moved
where unit = 'response'
union all
select
    survey_id,
    round_id,
    frame_round_id,
    unit,
    successor_code as unit_id,
    question_id,
    part,
    successor_code,
    code
from moved
where unit = 'municipality' and municipality_rank = 1
