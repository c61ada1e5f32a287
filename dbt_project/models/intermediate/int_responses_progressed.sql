-- How far each accepted response got, texts and what was coded from them left out: it is a break-off when everything
-- that applied after its last answer was left blank, half of what applied or more. One without any answer is blank: it
-- was broken off nowhere.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

replies as (
    select
        meanings.meaning_id,
        meanings.is_blank,
        questions.sort_order
    from {{ ref('int_meanings_whole') }} as meanings
    inner join {{ ref('int_questions_in_round') }} as questions
        on
            meanings.survey_id = questions.survey_id
            and meanings.round_id = questions.round_id
            and meanings.question_id = questions.question_id
            and questions.question_type <> 'text'
            and not questions.is_coded
    where meanings.is_applicable
),

reached as (
    select
        given.row_key,
        count(*) as n_applicable,
        sum(case when replies.is_blank then 0 else 1 end) as n_answered,
        max(case when replies.is_blank then 0 else replies.sort_order end) as last_order,
        max(replies.sort_order) as greatest_order
    from {{ ref('int_meanings_given') }} as given
    inner join replies on given.meaning_id = replies.meaning_id
    group by given.row_key
),

after as (
    select
        given.row_key,
        count(*) as n_after
    from reached
    inner join {{ ref('int_meanings_given') }} as given on reached.row_key = given.row_key
    inner join replies on given.meaning_id = replies.meaning_id and reached.last_order < replies.sort_order
    where reached.last_order < reached.greatest_order
    group by given.row_key
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
)

select
    responses.survey_id,
    responses.round_id,
    responses.response_id,
    responses.municipality_code,
    coalesce(reached.n_applicable, 0) as n_applicable,
    coalesce(reached.n_answered, 0) as n_answered,
    questions.question_id as last_question_id,
    coalesce(reached.n_answered >= {{ var('monitor').complete_share }} * reached.n_applicable, true) as is_complete,
    coalesce(reached.n_answered > 0 and 2 * coalesce(after.n_after, 0) >= reached.n_applicable, false) as is_break_off
from responses
left join reached on responses.row_key = reached.row_key
left join after on responses.row_key = after.row_key
left join questions on responses.survey_id = questions.survey_id and reached.last_order = questions.sort_order
