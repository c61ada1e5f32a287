-- The sums of a change, stratum by stratum: as it was answered, each municipality with weight 1, and with the weights
-- that it has in each round. A sum weighs by the rounds that it is of.
{%- set later, earlier = 'later_weight', 'weight_before' %}
{%- set weights = {
    'n': [later],
    'base_n': [later],
    'earlier_n': [earlier],
    'earlier_base_n': [earlier],
    'n_squared': [later, later],
    'n_times_base': [later, later],
    'base_squared': [later, later],
    'earlier_n_squared': [earlier, earlier],
    'earlier_n_times_base': [earlier, earlier],
    'earlier_base_squared': [earlier, earlier],
    'n_times_earlier_n': [later, earlier],
    'n_times_earlier_base': [later, earlier],
    'base_times_earlier_n': [later, earlier],
    'base_times_earlier_base': [later, earlier],
} %}
with weighed as (
    select
        strata.*,
        either.is_weighted,
        case when either.is_weighted then strata.weight else 1.0 end as later_weight,
        case when either.is_weighted then strata.earlier_weight else 1.0 end as weight_before
    from {{ ref('int_changes_stratified') }} as strata
    cross join (values (false), (true)) as either (is_weighted)
    where strata.weight + strata.earlier_weight > 0 or not either.is_weighted
)

select
    survey_id,
    round_id,
    earlier_round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    is_weighted,
    stratum,
    n_clusters_of_stratum,
    cast(sum(n_clusters) as bigint) as n_clusters,
    {%- for column, by in weights.items() %}
    {{ sum_in_any_order(by | join(' * ') ~ ' * ' ~ column) }} as {{ column }},
    {%- endfor %}
    cast(sum(n_paired) as bigint) as n_paired,
    cast(sum(n_came) as bigint) as n_came,
    cast(sum(n_went) as bigint) as n_went
from weighed
group by
    survey_id, round_id, earlier_round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code,
    is_weighted, stratum, n_clusters_of_stratum
