{{ config(materialized='incremental') }}
select
    survey_id,
    round_id,
    breakdown,
    breakdown_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    is_synthetic,
    n_frame,
    n_municipalities,
    n_municipalities_with_one_response,
    n_responses,
    response_rate,
    pct,
    responses_per_municipality,
    population_coverage,
    foreign_language_coverage
from {{ ref('int_response_rates') }}
