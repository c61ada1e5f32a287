-- How far each accepted response got, texts and what was coded from them left out: it is a break-off when everything
-- that applied after its last answer was left blank, half of what applied or more. One without any answer is blank: it
-- was broken off nowhere.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status not in ('not_asked', 'not_applicable')
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where question_type <> 'text' and not is_coded
),

replied as (
    select
        answers.survey_id,
        answers.round_id,
        answers.response_id,
        answers.question_id,
        questions.sort_order,
        max(case when answers.answer_status = 'blank' then 0 else 1 end) as has_answer
    from answers
    inner join questions using (survey_id, round_id, question_id)
    group by
        answers.survey_id, answers.round_id, answers.response_id, answers.question_id, questions.sort_order
),

reached as (
    select
        *,
        max(has_answer * sort_order) over (partition by survey_id, round_id, response_id) as last_order
    from replied
),

counted as (
    select
        survey_id,
        round_id,
        response_id,
        count(*) as n_applicable,
        sum(has_answer) as n_answered,
        max(case when has_answer = 1 and sort_order = last_order then question_id end) as last_question_id,
        sum(case when sort_order > last_order then 1 else 0 end) as n_after
    from reached
    group by survey_id, round_id, response_id
)

select
    responses.survey_id,
    responses.round_id,
    responses.response_id,
    responses.municipality_code,
    coalesce(counted.n_applicable, 0) as n_applicable,
    coalesce(counted.n_answered, 0) as n_answered,
    counted.last_question_id,
    coalesce(counted.n_answered >= {{ var('monitor').complete_share }} * counted.n_applicable, true) as is_complete,
    coalesce(counted.n_answered > 0 and 2 * counted.n_after >= counted.n_applicable, false) as is_break_off
from responses
left join counted using (survey_id, round_id, response_id)
