{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- What must not be told of a person.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where is_asked and question_type = 'text'
),

texts as (
    select * from {{ ref('int_texts_with_personal_data') }}
),

groups as (
    select
        survey_id,
        round_id,
        role_id,
        municipality_code,
        case when count(*) = 1 then 1 else 0 end as is_of_one
    from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted' and role_id is not null
    group by survey_id, round_id, role_id, municipality_code
),

{% for kind in ['email', 'phone', 'identity_code', 'iban'] %}
personal_{{ kind }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(texts.row_id) as observed,
        0 as threshold,
        case when count(questions.question_id) > 0 then count(texts.row_id) end as n_failed
    from rounds
    left join questions
        on rounds.survey_id = questions.survey_id and rounds.round_id = questions.round_id
    left join texts
        on
            questions.survey_id = texts.survey_id
            and questions.round_id = texts.round_id
            and questions.question_id = texts.question_id
            and texts.kind = '{{ kind }}'
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

groups_of_one as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(groups.is_of_one) || ' of ' || count(groups.role_id) as observed,
        0 as threshold,
        sum(groups.is_of_one) as n_failed
    from rounds
    left join groups
        on rounds.survey_id = groups.survey_id and rounds.round_id = groups.round_id
    group by rounds.survey_id, rounds.round_id
),

{{ checked() }}
