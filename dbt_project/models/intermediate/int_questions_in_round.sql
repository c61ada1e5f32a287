-- Every question of the survey in every round, asked or not: a question without a column was not asked.
with coded as (
    select distinct
        survey_id,
        round_id,
        coded_question_id as question_id
    from {{ ref('stg_codebook__codings') }}
),

mapped as (
    select
        survey_id,
        round_id,
        question_id
    from {{ ref('stg_codebook__columns') }}
    union
    select
        survey_id,
        round_id,
        question_id
    from coded
)

select
    rounds.survey_id,
    rounds.round_id,
    rounds.is_synthetic,
    questions.question_id,
    questions.question_type,
    questions.severity,
    questions.sort_order,
    mapped.question_id is not null as is_asked,
    coded.question_id is not null as is_coded
from {{ ref('int_rounds_to_build') }} as rounds
inner join {{ ref('stg_codebook__questions') }} as questions using (survey_id)
left join mapped using (survey_id, round_id, question_id)
left join coded using (survey_id, round_id, question_id)
