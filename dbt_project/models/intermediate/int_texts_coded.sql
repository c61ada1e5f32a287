-- What persons coded a text as is what is ticked, and the text stays where it is. One that nobody has coded yet is a
-- blank, whatever is in it; one in which a person found no code is an answer without a tick.
with answers as (
    select * from {{ ref('int_answers_distinct') }}
    where source_column <> ''
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
)

select
    answers.answer_id,
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    choices.code as part,
    answers.source_column,
    choices.code as judged_value,
    case when {{ is_element('choices.code', 'answers.codes') }} then choices.code else '' end as raw_value,
    {{ is_element('choices.code', 'answers.codes') }} as is_ticked,
    answers.is_coded
from answers
inner join questions
    on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
inner join choices
    on questions.survey_id = choices.survey_id and questions.list_name = choices.list_name
