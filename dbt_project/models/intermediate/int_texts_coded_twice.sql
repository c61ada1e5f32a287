-- What two people read in the same text, code by code. A coding of a text that was changed since is of another one.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

codings as (
    select * from {{ ref('stg_codebook__codings') }}
    where not coalesce(is_stale, false)
),

second_codings as (
    select * from {{ ref('stg_codebook__second_codings') }}
    where not coalesce(is_stale, false)
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
)

select
    codings.survey_id,
    codings.round_id,
    codings.response_id,
    codings.coded_question_id as question_id,
    choices.code,
    max(case when codings.code = choices.code then 1 else 0 end) = 1 as is_first,
    max(case when second_codings.code = choices.code then 1 else 0 end) = 1 as is_second
from codings
inner join rounds
    on codings.survey_id = rounds.survey_id and codings.round_id = rounds.round_id
inner join second_codings
    on
        codings.survey_id = second_codings.survey_id
        and codings.round_id = second_codings.round_id
        and codings.response_id = second_codings.response_id
        and codings.question_id = second_codings.question_id
        and codings.coded_question_id = second_codings.coded_question_id
inner join questions
    on codings.survey_id = questions.survey_id and codings.coded_question_id = questions.question_id
inner join choices
    on codings.survey_id = choices.survey_id and questions.list_name = choices.list_name
group by codings.survey_id, codings.round_id, codings.response_id, codings.coded_question_id, choices.code
