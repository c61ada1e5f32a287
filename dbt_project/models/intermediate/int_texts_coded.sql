-- A text that a person coded: its codes are what is ticked, and the text stays where it is. One that nobody has coded
-- yet is a blank, whatever is in it; one in which a person found no code is an answer without a tick.
with answers as (
    select * from {{ ref('int_answers_read') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

codings as (
    select * from {{ ref('stg_codebook__codings') }}
),

coded as (
    select distinct
        survey_id,
        round_id,
        response_id,
        coded_question_id
    from codings
),

coded_questions as (
    select distinct
        codings.survey_id,
        codings.round_id,
        codings.question_id,
        codings.coded_question_id,
        questions.list_name
    from codings
    inner join questions
        on codings.survey_id = questions.survey_id and codings.coded_question_id = questions.question_id
)

select
    answers.row_id,
    answers.survey_id,
    answers.round_id,
    coded_questions.coded_question_id as question_id,
    choices.code as part,
    answers.source_column || ' (coded)' as source_column,
    choices.code as judged_value,
    case when codings.code is not null then choices.code else '' end as raw_value,
    codings.code is not null as is_ticked,
    coded.response_id is not null as is_coded
from answers
inner join coded_questions
    on
        answers.survey_id = coded_questions.survey_id
        and answers.round_id = coded_questions.round_id
        and answers.question_id = coded_questions.question_id
inner join choices
    on coded_questions.survey_id = choices.survey_id and coded_questions.list_name = choices.list_name
left join coded
    on
        answers.survey_id = coded.survey_id
        and answers.round_id = coded.round_id
        and answers.response_id = coded.response_id
        and answers.raw_value <> ''
        and coded_questions.coded_question_id = coded.coded_question_id
left join codings
    on
        answers.survey_id = codings.survey_id
        and answers.round_id = codings.round_id
        and answers.response_id = codings.response_id
        and answers.question_id = codings.question_id
        and answers.raw_value <> ''
        and coded_questions.coded_question_id = codings.coded_question_id
        and choices.code = codings.code
