-- The answers of a round on the frame of another round, whose division is later: municipalities that have merged since
-- are one, by the rule of the question.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
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
    inner join answers using (survey_id, round_id, question_id)
    inner join {{ ref('stg_codebook__questions') }} as questions using (survey_id, question_id)
    inner join {{ ref('stg_codebook__rounds') }} as rounds using (survey_id, round_id)
    inner join {{ ref('int_municipality_successors') }} as successors
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
