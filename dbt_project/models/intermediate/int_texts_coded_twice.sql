-- What two people read in the same text, code by code. A coding of a text that was changed since is of another one.
with codings as (
    select * from {{ ref('stg_codebook__codings') }}
    where not coalesce(is_stale, false)
),

second_codings as (
    select * from {{ ref('stg_codebook__second_codings') }}
    where not coalesce(is_stale, false)
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
inner join {{ ref('int_rounds_to_build') }} using (survey_id, round_id)
inner join second_codings using (survey_id, round_id, response_id, question_id, coded_question_id)
inner join {{ ref('stg_codebook__questions') }} as questions
    on codings.survey_id = questions.survey_id and codings.coded_question_id = questions.question_id
inner join {{ ref('stg_codebook__choices') }} as choices using (survey_id, list_name)
group by codings.survey_id, codings.round_id, codings.response_id, codings.coded_question_id, choices.code
