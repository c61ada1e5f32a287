-- Which units gave the answers that print compares: one answer, or one or more of those that are counted together.
with printed as (
    select distinct
        survey_id,
        round_id,
        question_id
    from {{ ref('stg_codebook__published_figures') }}
),

answers as (
    select distinct
        answers.survey_id,
        answers.round_id,
        answers.question_id,
        answers.unit,
        answers.unit_id,
        answers.municipality_code,
        answers.cluster_code,
        answers.code
    from {{ ref('int_answers_by_unit') }} as answers
    inner join printed
        on
            answers.survey_id = printed.survey_id
            and answers.round_id = printed.round_id
            and answers.question_id = printed.question_id
    where answers.question_type in ('select_one', 'select_multiple')
),

levels as (
    select * from {{ ref('int_answer_levels') }}
),

compared as (
    select
        levels.survey_id,
        levels.question_id,
        levels.answer_level,
        coalesce(parts.answer_code, levels.answer_code) as answer_code,
        levels.option_code
    from levels
    left join {{ ref('int_figures_split') }} as parts
        on
            levels.survey_id = parts.survey_id
            and levels.question_id = parts.question_id
            and levels.answer_level = parts.answer_level
            and levels.answer_code = parts.part
    union
    select
        survey_id,
        question_id,
        answer_level,
        answer_code,
        option_code
    from levels
)

select distinct
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.unit,
    answers.unit_id,
    answers.municipality_code,
    answers.cluster_code,
    compared.answer_level,
    compared.answer_code
from answers
inner join compared
    on
        answers.survey_id = compared.survey_id
        and answers.question_id = compared.question_id
        and answers.code = compared.option_code
