{{ config(materialized='view') }}
-- Every answer of the accepted responses with its meaning: to be read where single answers are looked at. Whoever
-- counts answers counts meanings. That each stands once follows from the keys of the tables that it joins.
select
    responses.row_key,
    responses.row_id,
    meanings.survey_id,
    meanings.round_id,
    responses.response_id,
    meanings.question_id,
    meanings.part,
    responses.municipality_code,
    responses.role_id,
    meanings.question_type,
    meanings.source_column,
    meanings.judged_value,
    meanings.raw_value,
    meanings.code,
    meanings.number_value,
    meanings.date_value,
    meanings.is_ticked,
    meanings.choice_order,
    responses.role_order,
    responses.submitted_at,
    meanings.answer_id,
    meanings.answer_status
from {{ ref('int_meanings_given') }} as given
inner join {{ ref('int_responses_disposed') }} as responses
    on given.row_key = responses.row_key and responses.disposition = 'accepted'
inner join {{ ref('int_meanings_judged') }} as meanings on given.meaning_id = meanings.meaning_id
