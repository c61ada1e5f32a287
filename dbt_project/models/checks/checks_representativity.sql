{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- How like the frame the responding municipalities are. The first model is by size class, the stratum of the figures.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

propensities as (
    select * from {{ ref('int_response_propensities') }}
),

rates as (
    select * from {{ ref('int_response_rates') }}
),

frame as (
    select
        members.*,
        case when responded.municipality_code is null then 0 else 1 end as has_responded
    from {{ ref('int_frame_classified') }} as members
    left join {{ ref('int_municipalities_responded') }} as responded
        on
            members.survey_id = responded.survey_id
            and members.round_id = responded.round_id
            and members.municipality_code = responded.municipality_code
),

models as (
    select distinct
        survey_id,
        round_id,
        breakdown,
        deviation,
        mean_propensity
    from propensities
),

measured as (
    select
        rounds.survey_id,
        rounds.round_id,
        models.breakdown as part_id,
        1 - 2 * models.deviation as r_indicator,
        models.deviation / models.mean_propensity as response_cv,
        50 * models.deviation / models.mean_propensity as maximal_bias
    from rounds
    left join models
        on rounds.survey_id = models.survey_id and rounds.round_id = models.round_id
),

{% for check, sign, decimals in [('r_indicator', '<', 3), ('response_cv', '>', 3), ('maximal_bias', '>', 1)] %}
{{ check }} as (
    select
        survey_id,
        round_id,
        case when coalesce(part_id, 'size_class') = 'size_class' then 'all' else 'model' end as part,
        case when coalesce(part_id, 'size_class') = 'size_class' then 'all' else part_id end as part_id,
        printf('%.{{ decimals }}f', {{ check }}) as observed,
        '{{ var('monitor')[check] }}' as threshold,
        case when {{ check }} {{ sign }} {{ var('monitor')[check] }} then 1 when {{ check }} is not null then 0 end
            as n_failed
    from measured
),
{% endfor %}

partial_r_parts as (
    select
        survey_id,
        round_id,
        breakdown as part,
        breakdown_id as part_id,
        printf('%+.3f', partial_r) as observed,
        '{{ var('monitor').partial_r }}' as threshold,
        case when abs(partial_r) > {{ var('monitor').partial_r }} then 1 else 0 end as n_failed
    from propensities
    where breakdown in ('size_class', 'county')
),

partial_r as (
    {{ whole_of('partial_r_parts') }}
),

{% for breakdown in ['size_class', 'county'] %}
{{ breakdown }}_bias_parts as (
    select
        survey_id,
        round_id,
        breakdown as part,
        breakdown_id as part_id,
        printf('%+.1f points', 100.0 * n_municipalities / round_n_municipalities - 100.0 * n_frame / round_n_frame)
            as observed,
        '{{ var('monitor').frame_bias }} points' as threshold,
        case
            when
                abs(100.0 * n_municipalities / round_n_municipalities - 100.0 * n_frame / round_n_frame)
                > {{ var('monitor').frame_bias }} then 1
            else 0
        end as n_failed
    from propensities
    where breakdown = '{{ breakdown }}'
),

frame_bias_{{ breakdown }} as (
    {{ whole_of(breakdown ~ '_bias_parts') }}
),
{% endfor %}

means as (
    select
        rounds.survey_id,
        rounds.round_id,
        avg(frame.population) as population,
        avg(case when frame.has_responded = 1 then frame.population end) as population_responded,
        sum(frame.foreign_language_x1000) / nullif(10.0 * sum(frame.population), 0.0) as language_pct,
        sum(frame.foreign_language_x1000 * frame.has_responded)
        / nullif(10.0 * sum(frame.population * frame.has_responded), 0.0) as language_pct_responded
    from rounds
    left join frame
        on rounds.survey_id = frame.survey_id and rounds.round_id = frame.round_id
    group by rounds.survey_id, rounds.round_id
),

frame_bias_population as (
    select
        survey_id,
        round_id,
        printf('%.0f against %.0f inhabitants', population_responded, population) as observed,
        '{{ var('monitor').frame_bias_population }}' as threshold,
        case
            when abs(population_responded / population - 1) > {{ var('monitor').frame_bias_population }} then 1
            when population_responded is not null then 0
        end as n_failed
    from means
),

frame_bias_language as (
    select
        survey_id,
        round_id,
        printf('%.1f %% against %.1f %% of inhabitants', language_pct_responded, language_pct) as observed,
        '{{ var('monitor').frame_bias }} points' as threshold,
        case
            when abs(language_pct_responded - language_pct) > {{ var('monitor').frame_bias }} then 1
            when language_pct_responded is not null and language_pct is not null then 0
        end as n_failed
    from means
),

-- The post-stratification weight of a class, and what unequal weights cost (Kish).
weights as (
    select
        survey_id,
        round_id,
        max(cast(n_frame as double) / n_municipalities) / min(cast(n_frame as double) / n_municipalities) as spread,
        sum(n_municipalities) * sum(power(n_frame, 2.0) / n_municipalities) / power(sum(n_frame), 2.0) as deff
    from propensities
    where breakdown = 'size_class' and n_municipalities > 0
    group by survey_id, round_id
),

{% for check, measure in [('weights_spread', 'spread'), ('design_effect', 'deff')] %}
{{ check }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        printf('%.2f', weights.{{ measure }}) as observed,
        '{{ var('monitor')[check] }}' as threshold,
        case
            when weights.{{ measure }} > {{ var('monitor')[check] }} then 1
            when weights.{{ measure }} is not null then 0
        end as n_failed
    from rounds
    left join weights
        on rounds.survey_id = weights.survey_id and rounds.round_id = weights.round_id
),
{% endfor %}

{{ checked() }}
