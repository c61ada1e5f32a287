{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- Texts that people code: whether all are coded, as they stand now, and whether two people read the same in them.
with rounds as (
    select
        built.survey_id,
        built.round_id,
        surveys.least_agreement
    from {{ ref('int_rounds_to_build') }} as built
    inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
),

-- is_stale: 1, 0, or null where nobody knows.
coded as (
    select
        survey_id,
        round_id,
        response_id,
        question_id,
        coded_question_id,
        max(case when is_stale then 1 when not is_stale then 0 end) as is_stale
    from {{ ref('stg_codebook__codings') }}
    group by survey_id, round_id, response_id, question_id, coded_question_id
),

texts_coded as ({{ texts_coded() }}),
codings_current as ({{ codings_current() }}),
coders_agree as ({{ coders_agree() }}),

{{ checked() }}
