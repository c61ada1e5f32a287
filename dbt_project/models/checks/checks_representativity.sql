{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- How like the frame the responding municipalities are. The first model is by size class, the stratum of the figures.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

propensities as (
    select * from {{ ref('int_response_propensities') }}
),

models as (
    select distinct
        survey_id,
        round_id,
        breakdown as model,
        deviation,
        mean_propensity
    from propensities
),

measured as (
    select
        rounds.survey_id,
        rounds.round_id,
        models.model,
        1 - 2 * models.deviation as r_indicator,
        models.deviation / models.mean_propensity as response_cv,
        50 * models.deviation / models.mean_propensity as maximal_bias
    from rounds
    left join models using (survey_id, round_id)
),

frame as (
    select
        members.survey_id,
        members.round_id,
        members.population,
        members.foreign_language_x1000,
        case when responded.municipality_code is null then 0 else 1 end as has_responded
    from {{ ref('int_frame_classified') }} as members
    left join {{ ref('int_municipalities_responded') }} as responded using (survey_id, round_id, municipality_code)
),

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
    left join frame using (survey_id, round_id)
    group by rounds.survey_id, rounds.round_id
),

r_indicator as ({{ propensity('r_indicator', '<', 3) }}),
response_cv as ({{ propensity('response_cv', '>', 3) }}),
maximal_bias as ({{ propensity('maximal_bias', '>', 1) }}),
partial_r as ({{ partial_r() }}),
frame_bias_size_class as ({{ frame_bias('size_class') }}),
frame_bias_county as ({{ frame_bias('county') }}),
frame_bias_population as ({{ frame_bias_population() }}),
frame_bias_language as ({{ frame_bias_language() }}),
weights_spread as ({{ weights_uneven('weights_spread', 'spread') }}),
design_effect as ({{ weights_uneven('design_effect', 'deff') }}),

{{ checked() }}
