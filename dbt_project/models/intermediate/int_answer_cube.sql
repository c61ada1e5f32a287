-- n of every answer in every row of every breakdown and unit, and what the variance of its share needs; only what was
-- answered: zeros come in the grid of int_answer_shares.
with strata as (
    select
        answers.*,
        bases.base_n,
        bases.weight,
        bases.factor,
        bases.finite_population,
        bases.n_clusters_of_stratum
    from {{ ref('int_answers_stratified') }} as answers
    inner join {{ ref('int_bases_stratified') }} as bases
        using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, stratum)
)

select
    survey_id,
    round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    cast(sum(n) as bigint) as n,
    {{ sum_in_any_order('weight * n') }} as weighted_n,
    {{ sum_of_squares('n', 'n', 'n_squared') }} as squares,
    {{ sum_of_squares('n', 'n', 'n_squared', 'finite_population') }} as squares_fpc,
    {{ sum_of_squares('n', 'base_n', 'n_times_base') }} as products,
    {{ sum_of_squares('n', 'base_n', 'n_times_base', 'finite_population') }} as products_fpc
from strata
group by survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code
