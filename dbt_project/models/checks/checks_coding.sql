{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- Texts that people code: whether all are coded, as they stand now, and whether two people read the same in them.
with rounds as (
    select
        built.survey_id,
        built.round_id,
        surveys.least_agreement
    from {{ ref('int_rounds_to_build') }} as built
    inner join {{ ref('stg_codebook__surveys') }} as surveys on built.survey_id = surveys.survey_id
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
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

coded_questions as (
    select distinct
        survey_id,
        round_id,
        question_id,
        coded_question_id
    from coded
),

coded_parts as (
    select
        answers.survey_id,
        answers.round_id,
        'question' as part,
        coded_questions.coded_question_id as part_id,
        count(coded.response_id) || ' of ' || count(*) || ', '
        || {{ percent('cast(count(coded.response_id) as double) / count(*)') }} as observed,
        'each text' as threshold,
        count(*) - count(coded.response_id) as n_failed
    from answers
    inner join coded_questions
        on
            answers.survey_id = coded_questions.survey_id
            and answers.round_id = coded_questions.round_id
            and answers.question_id = coded_questions.question_id
    left join coded
        on
            answers.survey_id = coded.survey_id
            and answers.round_id = coded.round_id
            and answers.response_id = coded.response_id
            and coded_questions.coded_question_id = coded.coded_question_id
    group by answers.survey_id, answers.round_id, coded_questions.coded_question_id
),

texts_coded as (
    {{ whole_of('coded_parts') }}
),

stale_parts as (
    select
        coded.survey_id,
        coded.round_id,
        'question' as part,
        coded.coded_question_id as part_id,
        sum(coded.is_stale) || ' of ' || count(coded.is_stale) as observed,
        '0' as threshold,
        sum(coded.is_stale) as n_failed
    from coded
    inner join rounds
        on coded.survey_id = rounds.survey_id and coded.round_id = rounds.round_id
    where coded.is_stale is not null
    group by coded.survey_id, coded.round_id, coded.coded_question_id
),

codings_current as (
    {{ whole_of('stale_parts') }}
),

-- A code that both read in no text, or in each, is one that nobody can disagree on: it has no alpha.
agreed_parts as (
    select
        agreement.survey_id,
        agreement.round_id,
        'question' as part,
        agreement.question_id as part_id,
        max(agreement.n_texts) || ' texts; '
        || string_agg(agreement.code || ' ' || {{ three_decimals('agreement.alpha') }}, ', ' order by agreement.code)
            as observed,
        cast(max(rounds.least_agreement) as varchar) as threshold,
        sum(case when agreement.alpha < rounds.least_agreement then 1 else 0 end) as n_failed
    from {{ ref('coding_agreement') }} as agreement
    inner join rounds
        on agreement.survey_id = rounds.survey_id and agreement.round_id = rounds.round_id
    where agreement.alpha is not null
    group by agreement.survey_id, agreement.round_id, agreement.question_id
),

coders_agree as (
    {{ whole_of('agreed_parts') }}
),

{{ checked() }}
