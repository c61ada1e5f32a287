-- The answers a closed question can have: as asked (option) and, where groups are declared, as printed (group).
with questions as (
    select * from {{ ref('stg_codebook__questions') }}
    where question_type in ('select_one', 'select_multiple')
),

listed as (
    select
        questions.survey_id,
        questions.question_id,
        questions.question_type,
        questions.sort_order as question_order,
        choices.code,
        choices.group_code,
        choices.labels,
        choices.group_labels,
        choices.sort_order,
        choices.is_missing
    from questions
    inner join {{ ref('stg_codebook__choices') }} as choices using (survey_id, list_name)
)

select
    survey_id,
    question_id,
    question_type,
    'option' as answer_level,
    code as answer_code,
    code as option_code,
    labels,
    sort_order,
    is_missing
from listed
union all
select
    survey_id,
    question_id,
    question_type,
    'group' as answer_level,
    group_code as answer_code,
    code as option_code,
    group_labels as labels,
    sort_order,
    is_missing
from listed
where group_code is not null
