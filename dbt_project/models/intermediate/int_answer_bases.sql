-- The base of a share: units with a valid answer to the question, in every row of every breakdown, and what the
-- variance of a share on it needs of it.
with strata as (
    select * from {{ ref('int_bases_stratified') }}
)

select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    cast(sum(base_n) as bigint) as base_n,
    cast(sum(n_clusters) as bigint) as n_clusters,
    cast(sum(n_municipalities) as bigint) as n_municipalities,
    count(*) as n_strata,
    cast(sum(n_frame) as bigint) as n_frame,
    {{ sum_in_any_order('weight * base_n') }} as weighted_base,
    max(weight * largest_base_n) as largest_weight,
    {{ sum_in_any_order('weight * weight * base_squared') }} as weights_squared,
    {{ sum_in_any_order('weight * weight * base_squared * finite_population') }} as weights_squared_fpc,
    {{ sum_of_squares('base_n', 'base_n', 'base_squared') }} as squares,
    {{ sum_of_squares('base_n', 'base_n', 'base_squared', 'finite_population') }} as squares_fpc
from strata
group by survey_id, round_id, question_id, unit, breakdown, breakdown_id
