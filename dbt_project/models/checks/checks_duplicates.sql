{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- Who answered more than once, and whether a municipality says one thing.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

responded as (
    select * from {{ ref('int_municipalities_responded') }}
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid' and question_type in ('select_one', 'integer', 'decimal', 'date')
),

ids as (
    select
        survey_id,
        round_id,
        response_id,
        count(*) as n_rows
    from responses
    where disposition = 'accepted'
    group by survey_id, round_id, response_id
),

response_ids_unique as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(ids.response_id) as observed,
        'each once' as threshold,
        coalesce(sum(case when ids.n_rows > 1 then ids.n_rows end), 0) as n_failed
    from rounds
    left join ids
        on rounds.survey_id = ids.survey_id and rounds.round_id = ids.round_id
    group by rounds.survey_id, rounds.round_id
),

-- What is in two files of a round was delivered again with what came since: without ids it counts twice.
contents as (
    select
        survey_id,
        round_id,
        content_sha256,
        count(*) as n_rows,
        count(distinct source_file) as n_files
    from {{ ref('stg_surveys__rows') }}
    where row_status = 'read' and response_token is null
    group by survey_id, round_id, content_sha256
),

deliveries_apart as (
    select
        rounds.survey_id,
        rounds.round_id,
        coalesce(sum(case when contents.n_files > 1 then contents.n_rows end), 0) || ' of '
        || coalesce(sum(contents.n_rows), 0) as observed,
        0 as threshold,
        coalesce(sum(case when contents.n_files > 1 then contents.n_rows end), 0) as n_failed
    from rounds
    left join contents
        on rounds.survey_id = contents.survey_id and rounds.round_id = contents.round_id
    group by rounds.survey_id, rounds.round_id
),

responses_per_municipality as (
    select
        rounds.survey_id,
        rounds.round_id,
        'most ' || coalesce(max(responded.n_responses), 0) || '; more than one in '
        || sum(case when responded.n_responses > 1 then 1 else 0 end) as observed,
        '{{ var('monitor').responses_per_municipality }}' as threshold,
        sum(
            case when responded.n_responses > {{ var('monitor').responses_per_municipality }} then 1 else 0 end
        ) as n_failed
    from rounds
    left join responded
        on rounds.survey_id = responded.survey_id and rounds.round_id = responded.round_id
    group by rounds.survey_id, rounds.round_id
),

-- Several responses, and the survey's order of roles does not say which of them goes first.
leads as (
    select
        survey_id,
        round_id,
        municipality_code,
        role_order,
        count(*) as n_responses
    from responses
    where disposition = 'accepted'
    group by survey_id, round_id, municipality_code, role_order
    qualify role_order = min(role_order) over (partition by survey_id, round_id, municipality_code)
),

municipalities_reconciled as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(leads.municipality_code) as observed,
        'one response of the leading role in each' as threshold,
        sum(case when leads.n_responses > 1 then 1 else 0 end) as n_failed
    from rounds
    left join leads
        on rounds.survey_id = leads.survey_id and rounds.round_id = leads.round_id
    group by rounds.survey_id, rounds.round_id
),

given as (
    select
        survey_id,
        round_id,
        question_id,
        municipality_code,
        count(distinct coalesce(code, cast(number_value as varchar), cast(date_value as varchar))) as n_different
    from answers
    group by survey_id, round_id, question_id, municipality_code
    having count(distinct response_id) > 1
),

conflict_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        sum(case when n_different > 1 then 1 else 0 end) || ' of ' || count(*) as observed,
        '0' as threshold,
        sum(case when n_different > 1 then 1 else 0 end) as n_failed
    from given
    group by survey_id, round_id, question_id
),

answers_agree_within_municipality as (
    {{ whole_of('conflict_parts') }}
),

{{ checked() }}
