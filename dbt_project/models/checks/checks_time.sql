{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- When the answers came, and by which form.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

sources as (
    select * from {{ ref('stg_ingest__sources') }}
    where kind = 'responses'
),

rows as (
    select * from {{ ref('stg_surveys__rows') }}
),

submitted_in_field_window as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        rounds.opens_on || ' to ' || rounds.closes_on as threshold,
        sum(
            case
                when responses.row_id is null then 0
                when
                    {{ local_date('responses.submitted_at', 'rounds.timezone') }}
                    between rounds.opens_on and rounds.closes_on then 0
                else 1
            end
        ) as n_failed
    from rounds
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
            and responses.submitted_at is not null
    group by rounds.survey_id, rounds.round_id, rounds.opens_on, rounds.closes_on
),

delivery_on_time as (
    select
        rounds.survey_id,
        rounds.round_id,
        max(sources.received_on) as observed,
        rounds.due_on as threshold,
        case
            when rounds.due_on is not null then sum(
                case when sources.received_on > rounds.due_on then 1 when sources.received_on is not null then 0 end
            )
        end as n_failed
    from rounds
    left join sources
        on rounds.survey_id = sources.survey_id and rounds.round_id = sources.round_id
    group by rounds.survey_id, rounds.round_id, rounds.due_on
),

form_versions as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(distinct responses.form_version) as observed,
        1 as threshold,
        case
            when max(columns.question_id) is not null then greatest(count(distinct responses.form_version) - 1, 0)
        end as n_failed
    from rounds
    left join columns
        on
            rounds.survey_id = columns.survey_id
            and rounds.round_id = columns.round_id
            and columns.question_id = '_form_version'
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
    group by rounds.survey_id, rounds.round_id
),

{% for check, name, fault in [
    ('submission_times_readable', '_submitted_at', 'responses.submitted_at is null'),
] %}
{{ check }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        case
            when max(columns.question_id) is not null
                then sum(case when responses.row_id is not null and {{ fault }} then 1 else 0 end)
        end as n_failed
    from rounds
    left join columns
        on
            rounds.survey_id = columns.survey_id
            and rounds.round_id = columns.round_id
            and columns.question_id = '{{ name }}'
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

{{ checked() }}
