{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- How responses were given: signs that nobody read the questions, or that one text served many.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

asked as (
    select
        asked.survey_id,
        asked.round_id,
        asked.question_id,
        asked.question_type,
        questions.group_id
    from {{ ref('int_questions_in_round') }} as asked
    inner join {{ ref('stg_codebook__questions') }} as questions using (survey_id, question_id)
    where asked.is_asked
),

-- Texts, and questions of a battery.
answers as (
    select judged.*
    from {{ ref('int_answers_judged') }} as judged
    inner join asked using (survey_id, round_id, question_id)
    where judged.answer_status = 'valid' and (judged.question_type = 'text' or asked.group_id is not null)
),

straight_lining as ({{ straight_lining() }}),
speeding as ({{ speeding() }}),
repeated_texts as ({{ repeated_texts() }}),

{{ checked() }}
