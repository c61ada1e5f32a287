{{ config(materialized='incremental') }}
with questions as (
    select * from {{ ref('int_questions_in_round') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

-- A question of several options has one status too: valid when any option counts, else the doubt, else what is missing.
whole as (
    select
        survey_id,
        round_id,
        question_id,
        response_id,
        answer_status as status
    from {{ ref('int_answers_judged') }}
    qualify
        row_number() over (
            partition by survey_id, round_id, question_id, response_id
            order by
                case
                    when answer_status = 'valid' then 1
                    when answer_status in ({{ quoted(var('doubtful')) }}) then 2
                    when answer_status = 'declared_missing' then 3
                    else 4
                end,
                answer_status
        ) = 1
),

answered as (
    select
        survey_id,
        round_id,
        question_id,
        status,
        count(*) as n
    from whole
    group by survey_id, round_id, question_id, status
),

not_asked as (
    select
        questions.survey_id,
        questions.round_id,
        questions.question_id,
        'not_asked' as status,
        count(responses.row_id) as n
    from questions
    left join responses using (survey_id, round_id)
    where not questions.is_asked
    group by questions.survey_id, questions.round_id, questions.question_id
),

counted as (
    select * from answered
    union all
    select * from not_asked
)

select
    counted.survey_id,
    counted.round_id,
    counted.question_id,
    counted.status,
    {{ key(['counted.survey_id', 'counted.round_id']) }} as round_key,
    {{ key(['counted.survey_id', 'counted.question_id']) }} as question_key,
    questions.is_synthetic,
    counted.n
from counted
inner join questions using (survey_id, round_id, question_id)
