{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- Unit response: which municipalities answered, and how far they got.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

rates as (
    select * from {{ ref('int_response_rates') }}
),

dispositions as (
    select * from {{ ref('int_municipalities_disposed') }}
),

progress as (
    select * from {{ ref('int_responses_progressed') }}
),

response_rate as (
    select
        survey_id,
        round_id,
        n_municipalities || ' of ' || n_frame as observed,
        '{{ var('monitor').response_rate }}' as threshold,
        case when response_rate < {{ var('monitor').response_rate }} then n_frame - n_municipalities else 0 end
            as n_failed
    from rates
    where breakdown = 'all'
),

{% for breakdown in ['size_class', 'county'] %}
{{ breakdown }}_parts as (
    select
        survey_id,
        round_id,
        breakdown as part,
        breakdown_id as part_id,
        n_municipalities || ' of ' || n_frame as observed,
        'at least one' as threshold,
        case when n_municipalities = 0 then 1 else 0 end as n_failed
    from rates
    where breakdown = '{{ breakdown }}' and n_frame > 0
),

no_empty_{{ breakdown }} as (
    {{ whole_of(breakdown ~ '_parts') }}
),
{% endfor %}

{% for coverage in ['population_coverage', 'foreign_language_coverage'] %}
{{ coverage }}_parts as (
    select
        survey_id,
        round_id,
        breakdown as part,
        breakdown_id as part_id,
        {{ percent(coverage) }} as observed,
        '{{ var('monitor').coverage }}' as threshold,
        case when {{ coverage }} < {{ var('monitor').coverage }} then 1 when {{ coverage }} is not null then 0 end
            as n_failed
    from rates
    where breakdown in ('all', 'size_class', 'county') and n_frame > 0
),

{{ coverage }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        coalesce(parts.part, 'all') as part,
        coalesce(parts.part_id, 'all') as part_id,
        parts.observed,
        parts.threshold,
        parts.n_failed
    from rounds
    left join {{ coverage }}_parts as parts
        on rounds.survey_id = parts.survey_id and rounds.round_id = parts.round_id
),
{% endfor %}

-- A census has no unknown eligibility, and the frame no ineligible ones: RR1, RR3 and RR5 differ from RR2, RR4 and RR6
-- by the partial responses only.
dispositions_known as (
    select
        survey_id,
        round_id,
        'complete ' || sum(case when disposition = 'complete' then 1 else 0 end)
        || ', partial ' || sum(case when disposition = 'partial' then 1 else 0 end)
        || ', no response ' || sum(case when disposition = 'no_response' then 1 else 0 end)
        || '; RR1 ' || {{ percent("avg(case when disposition = 'complete' then 1.0 else 0.0 end)") }}
        || ', RR2 ' || {{ percent("avg(case when disposition <> 'no_response' then 1.0 else 0.0 end)") }} as observed,
        '{{ var('monitor').partial_share }}' as threshold,
        case
            when
                sum(case when disposition = 'partial' then 1 else 0 end)
                > {{ var('monitor').partial_share }} * sum(case when disposition <> 'no_response' then 1 else 0 end)
                then sum(case when disposition = 'partial' then 1 else 0 end)
            else 0
        end as n_failed
    from dispositions
    group by survey_id, round_id
),

blank_responses as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(case when progress.n_answered = 0 then 1 end) || ' of ' || count(progress.response_id) as observed,
        0 as threshold,
        case when count(progress.response_id) > 0 then count(case when progress.n_answered = 0 then 1 end) end
            as n_failed
    from rounds
    left join progress
        on
            rounds.survey_id = progress.survey_id
            and rounds.round_id = progress.round_id
            and progress.n_applicable > 0
    group by rounds.survey_id, rounds.round_id
),

stopped_after as (
    select
        survey_id,
        round_id,
        last_question_id,
        count(*) as n
    from progress
    where is_break_off
    group by survey_id, round_id, last_question_id
),

break_offs as (
    select
        rounds.survey_id,
        rounds.round_id,
        'all' as part,
        'all' as part_id,
        coalesce(sum(stopped_after.n), 0) || coalesce(
            ', most after ' || arg_max(stopped_after.last_question_id, stopped_after.n), ''
        ) as observed,
        0 as threshold,
        coalesce(sum(stopped_after.n), 0) as n_failed
    from rounds
    left join stopped_after
        on rounds.survey_id = stopped_after.survey_id and rounds.round_id = stopped_after.round_id
    group by rounds.survey_id, rounds.round_id
    union all
    select
        survey_id,
        round_id,
        'question' as part,
        last_question_id as part_id,
        n,
        0 as threshold,
        n as n_failed
    from stopped_after
),

{{ checked() }}
