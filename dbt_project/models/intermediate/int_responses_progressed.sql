-- How far each accepted response got: it is a break-off when everything that applied after its last answer was left
-- blank, half of what applied or more.
with answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status not in ('not_asked', 'not_applicable') and question_type <> 'text'
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

replied as (
    select
        answers.survey_id,
        answers.round_id,
        answers.response_id,
        answers.municipality_code,
        answers.question_id,
        questions.sort_order,
        max(case when answers.answer_status = 'blank' then 0 else 1 end) as has_answer
    from answers
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
    group by
        answers.survey_id,
        answers.round_id,
        answers.response_id,
        answers.municipality_code,
        answers.question_id,
        questions.sort_order
),

reached as (
    select
        survey_id,
        round_id,
        response_id,
        municipality_code,
        count(*) as n_applicable,
        sum(has_answer) as n_answered,
        max(case when has_answer = 1 then sort_order else -1 end) as last_order
    from replied
    group by survey_id, round_id, response_id, municipality_code
)

select
    reached.survey_id,
    reached.round_id,
    reached.response_id,
    reached.municipality_code,
    reached.n_applicable,
    reached.n_answered,
    questions.question_id as last_question_id,
    reached.n_answered >= {{ var('monitor').complete_share }} * reached.n_applicable as is_complete,
    2 * sum(case when replied.sort_order > reached.last_order then 1 else 0 end) >= reached.n_applicable
        as is_break_off
from reached
inner join replied
    on
        reached.survey_id = replied.survey_id
        and reached.round_id = replied.round_id
        and reached.response_id = replied.response_id
left join questions
    on reached.survey_id = questions.survey_id and reached.last_order = questions.sort_order
group by
    reached.survey_id,
    reached.round_id,
    reached.response_id,
    reached.municipality_code,
    reached.n_applicable,
    reached.n_answered,
    reached.last_order,
    questions.question_id
