-- Valid answers once per response, and once per municipality by the question's rule. Content decides ties.
with answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

-- A municipality answers a question by one response; by union, an option is ticked when any response ticked it.
ranked as (
    select
        answers.*,
        dense_rank() over (
            partition by
                answers.survey_id, answers.round_id, answers.municipality_code, answers.question_id,
                case when questions.municipality_rule = 'union' then answers.part end
            order by
                case questions.municipality_rule
                    when 'lead_role' then answers.role_order
                    when 'any_yes' then case when answers.question_type = 'select_one' then answers.choice_order end
                    when 'union' then case when answers.is_ticked then 0 else 1 end
                    else 0
                end asc,
                answers.submitted_at desc nulls last,
                answers.response_id asc
        ) as municipality_rank
    from answers
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
)

select
    survey_id,
    round_id,
    'response' as unit,
    response_id as unit_id,
    question_id,
    part,
    question_type,
    code,
    number_value
from ranked
union all
select
    survey_id,
    round_id,
    'municipality' as unit,
    municipality_code as unit_id,
    question_id,
    part,
    question_type,
    code,
    number_value
from ranked
where municipality_rank = 1
