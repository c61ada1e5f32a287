-- An answer's meaning lives here: each answer, part by part, gets exactly one status, however many gave it.
with answers as (
    select * from {{ ref('int_answers_coded') }}
),

meanings as (
    select * from {{ ref('int_meanings_distinct') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

described as (
    select
        answers.*,
        meanings.meaning_id,
        meanings.is_relevant,
        meanings.is_constraint_met,
        meanings.is_relevant or {{ is_element('answers.source_column', 'meanings.relevant_columns') }}
            as is_column_relevant,
        questions.question_type,
        questions.none_ticked,
        questions.min_value,
        questions.max_value,
        choices.sort_order as choice_order,
        coalesce(choices.is_missing, false) as is_missing_choice,
        coalesce(choices.is_exclusive, false) as is_exclusive_choice
    from answers
    inner join meanings on answers.answer_id = meanings.answer_id
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
    left join choices
        on
            answers.survey_id = choices.survey_id
            and questions.list_name = choices.list_name
            and answers.code = choices.code
),

-- A question as a whole: what was ticked of it.
seen_whole as (
    select
        *,
        max(case when is_ticked and is_missing_choice then 1 when is_ticked then 2 else 0 end) over (
            partition by meaning_id
        ) as most_ticked,
        sum(case when is_ticked then 1 else 0 end) over (partition by meaning_id) as n_ticked,
        max(case when is_ticked and is_exclusive_choice then 1 else 0 end) over (partition by meaning_id) = 1
            as has_exclusive_option,
        max(case when is_ticked is null then 1 else 0 end) over (partition by meaning_id) = 1
            as has_unknown_option
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
    meaning_id,
    answer_id,
    survey_id,
    round_id,
    question_id,
    part,
    question_type,
    source_column,
    judged_value,
    raw_value,
    code,
    number_value,
    date_value,
    is_ticked,
    choice_order,
    answer_status
from judged
