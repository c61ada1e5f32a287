-- What municipalities answered to questions that are compared, on the frame of the later division: those that have
-- merged since are one, by the rule of the question.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

wanted as (
    select
        survey_id,
        earlier_question_id as question_id,
        earlier_round_id as round_id,
        earlier_frame_round_id as frame_round_id,
        division_date
    from pairs
    union
    select
        survey_id,
        question_id,
        round_id,
        frame_round_id,
        division_date
    from pairs
),

moved as (
    select
        answers.*,
        wanted.frame_round_id,
        successors.successor_code,
        {{ municipality_rank(
            'answers', 'wanted.frame_round_id, successors.successor_code', 'questions.municipality_rule'
        ) }} as municipality_rank
    from wanted
    inner join {{ ref('int_municipality_answers_resolved') }} as answers using (survey_id, round_id, question_id)
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
    question_id,
    part,
    successor_code,
    code
from moved
where municipality_rank = 1
