-- Every question of the survey in every round, asked or not: a question without a column was not asked.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

coded as (
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
    from columns
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
from rounds
inner join questions on rounds.survey_id = questions.survey_id
left join mapped
    on
        rounds.survey_id = mapped.survey_id
        and rounds.round_id = mapped.round_id
        and questions.question_id = mapped.question_id
left join coded
    on
        rounds.survey_id = coded.survey_id
        and rounds.round_id = coded.round_id
        and questions.question_id = coded.question_id
