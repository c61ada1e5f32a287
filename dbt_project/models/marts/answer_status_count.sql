{{ config(materialized='incremental') }}
with meanings as (
    select * from {{ ref('int_meanings_whole') }}
),

counted as (
    select * from {{ ref('int_meanings_counted') }}
    where breakdown = 'all'
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

answered as (
    select
        meanings.survey_id,
        meanings.round_id,
        meanings.question_id,
        meanings.answer_status as status,
        sum(counted.n) as n
    from meanings
    inner join counted on meanings.meaning_id = counted.meaning_id
    group by meanings.survey_id, meanings.round_id, meanings.question_id, meanings.answer_status
),

not_asked as (
    select
        questions.survey_id,
        questions.round_id,
        questions.question_id,
        'not_asked' as status,
        count(responses.row_id) as n
    from questions
    left join responses
        on questions.survey_id = responses.survey_id and questions.round_id = responses.round_id
    where not questions.is_asked
    group by questions.survey_id, questions.round_id, questions.question_id
),

statuses as (
    select * from answered
    union all
    select * from not_asked
)

select
    statuses.survey_id,
    statuses.round_id,
    statuses.question_id,
    statuses.status,
    {{ key(['statuses.survey_id', 'statuses.round_id']) }} as round_key,
    {{ key(['statuses.survey_id', 'statuses.question_id']) }} as question_key,
    questions.is_synthetic,
    cast(statuses.n as bigint) as n
from statuses
inner join questions
    on
        statuses.survey_id = questions.survey_id
        and statuses.round_id = questions.round_id
        and statuses.question_id = questions.question_id
