-- The propensity of each class is its response rate: the fit of a logistic model with the class as its only factor.
-- R = 1 - 2 S and CV = S / mean propensity, with S over the N municipalities of the frame (divisor N).
with rates as (
    select * from {{ ref('int_response_rates') }}
    where breakdown in ('size_class', 'county', 'language_status') and n_frame > 0
),

overall as (
    select * from {{ ref('int_response_rates') }}
    where breakdown = 'all' and n_municipalities > 0
)

select
    rates.survey_id,
    rates.round_id,
    rates.breakdown,
    rates.breakdown_id,
    rates.n_frame,
    rates.n_municipalities,
    overall.n_frame as round_n_frame,
    overall.n_municipalities as round_n_municipalities,
    overall.response_rate as mean_propensity,
    rates.response_rate as propensity,
    sqrt(cast(rates.n_frame as double) / overall.n_frame) * (rates.response_rate - overall.response_rate) as partial_r,
    sqrt({{ sum_in_any_order(
        'rates.n_frame * power(rates.response_rate - overall.response_rate, 2)',
        'over (partition by rates.survey_id, rates.round_id, rates.breakdown)'
    ) }} / overall.n_frame) as deviation
from rates
inner join overall using (survey_id, round_id)
