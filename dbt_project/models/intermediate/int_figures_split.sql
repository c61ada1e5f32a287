-- The answers that a printed figure counts together: several joined by +, where no answer has a code so written.
with figures as (
    select distinct
        survey_id,
        round_id,
        question_id,
        answer_level,
        answer_code
    from {{ ref('stg_codebook__published_figures') }}
    where answer_code like '%+%'
),

levels as (
    select distinct
        survey_id,
        question_id,
        answer_level,
        answer_code
    from {{ ref('int_answer_levels') }}
)

select
    figures.survey_id,
    figures.round_id,
    figures.question_id,
    figures.answer_level,
    figures.answer_code,
    {{ split_to_rows('figures.answer_code', "'+'") }} as part,
    length(figures.answer_code) - length(replace(figures.answer_code, '+', '')) + 1 as n_parts
from figures
left join levels using (survey_id, question_id, answer_level, answer_code)
where levels.answer_code is null
