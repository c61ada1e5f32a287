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
        questions.none_ticked,
        questions.min_value,
        questions.max_value,
        choices.sort_order as choice_order,
        coalesce(choices.is_missing, false) as is_missing_choice,
        coalesce(choices.is_exclusive, false) as is_exclusive_choice,
        coalesce(relevance.is_met, true) as is_relevant,
        coalesce(constraints.is_met, true) as is_constraint_met
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
),

-- A question as a whole: what was ticked of it, and whether another question of the same column is the one asked.
seen_whole as (
    select
        *,
        max(case when is_ticked and is_missing_choice then 1 when is_ticked then 2 else 0 end) over (
            partition by row_id, question_id
        ) as most_ticked,
        sum(case when is_ticked then 1 else 0 end) over (partition by row_id, question_id) as n_ticked,
        max(case when is_ticked and is_exclusive_choice then 1 else 0 end) over (partition by row_id, question_id) = 1
            as has_exclusive_option,
        max(case when is_ticked is null then 1 else 0 end) over (partition by row_id, question_id) = 1
            as has_unknown_option,
        max(case when is_relevant then 1 else 0 end) over (partition by row_id, source_column) = 1
            as is_column_relevant
    from described
),

understood as (
    select
        *,
        has_exclusive_option and n_ticked > 1 as is_contradictory,
        case
            when question_type <> 'select_multiple' then raw_value = ''
            when is_coded is not null then not is_coded
            when none_ticked = 'valid' and is_relevant and not has_unknown_option then false
            else most_ticked = 0 and is_ticked is not null
        end as is_blank,
        case
            when question_type <> 'select_multiple' then is_missing_choice
            else is_ticked is not null and (most_ticked = 1 or (is_ticked and is_missing_choice))
        end as is_missing_code
    from seen_whole
),

judged as (
    select
        *,
        {{ answer_status() }} as answer_status
    from understood
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
    source_column,
    judged_value,
    raw_value,
    code,
    number_value,
    date_value,
    is_ticked,
    choice_order,
    role_order,
    submitted_at,
    answer_status
from judged
