-- An answer's meaning lives here: each (response, question, part) of an accepted response gets exactly one status.
with answers as (
    select * from {{ ref('int_answers_coded') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

relevance as (
    select * from {{ ref('int_conditions_met') }}
    where purpose = 'relevant'
),

constraints as (
    select * from {{ ref('int_conditions_met') }}
    where purpose = 'constraint'
),

described as (
    select
        answers.*,
        responses.response_id,
        responses.municipality_code,
        responses.role_id,
        responses.role_order,
        responses.submitted_at,
        questions.question_type,
        questions.min_value,
        questions.max_value,
        choices.sort_order as choice_order,
        coalesce(choices.is_missing, false) as is_missing_code,
        coalesce(relevance.is_met, true) as is_relevant,
        coalesce(constraints.is_met, true) as is_constraint_met,
        case
            when
                questions.question_type = 'select_multiple'
                and (questions.none_ticked = 'blank' or not coalesce(relevance.is_met, true))
                then
                    coalesce(
                        max(case when answers.is_ticked then 1 else 0 end) over (
                            partition by answers.row_id, answers.question_id
                        ),
                        0
                    ) = 0
                    and answers.is_ticked is not null
            when questions.question_type = 'select_multiple' then false
            else answers.raw_value = ''
        end as is_blank
    from answers
    inner join responses on answers.row_id = responses.row_id
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
    left join choices
        on
            answers.survey_id = choices.survey_id
            and questions.list_name = choices.list_name
            and answers.code = choices.code
    left join relevance
        on answers.row_id = relevance.row_id and answers.question_id = relevance.question_id
    left join constraints
        on answers.row_id = constraints.row_id and answers.question_id = constraints.question_id
)

select
    row_id,
    survey_id,
    round_id,
    response_id,
    question_id,
    part,
    municipality_code,
    role_id,
    question_type,
    judged_value,
    raw_value,
    code,
    number_value,
    date_value,
    is_ticked,
    choice_order,
    role_order,
    submitted_at,
    {{ answer_status() }} as answer_status
from described
