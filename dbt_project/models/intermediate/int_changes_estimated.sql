-- The change of a share and its error: both rounds in one sample, a municipality one cluster in it whether it is in one
-- round or in both. The variance is that of the difference of two linearised ratios, about the mean of each stratum.
-- The weighted change is estimated as the other, from sums that are weighed.
with totals as (
    select
        *,
        {{ sum_in_any_order('n', 'over cell') }} as total_n,
        {{ sum_in_any_order('base_n', 'over cell') }} as total_base_n,
        {{ sum_in_any_order('earlier_n', 'over cell') }} as total_earlier_n,
        {{ sum_in_any_order('earlier_base_n', 'over cell') }} as total_earlier_base_n
    from {{ ref('int_changes_weighed') }}
    window cell as (
        partition by
            survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code, is_weighted
    )
),

-- z = n - share * base of the later round, less the same of the earlier one on its scale; its sum and squares. They are
-- divided by the total base at the end: sums are cut to 15 decimals, which fractions of a large base would lose.
scored as (
    select
        *,
        total_base_n / total_earlier_base_n as scale,
        {{ share('total_n', 'total_base_n') }} as share,
        {{ share('total_earlier_n', 'total_earlier_base_n') }} as earlier_share,
        {{ stratum_factor('n_clusters_of_stratum', '1') }} as factor
    from totals
    where total_base_n > 0 and total_earlier_base_n > 0
),

spread as (
    select
        *,
        (n - share * base_n) - scale * (earlier_n - earlier_share * earlier_base_n) as z,
        n_squared - 2 * share * n_times_base + share * share * base_squared as squares,
        scale * scale * (
            earlier_n_squared - 2 * earlier_share * earlier_n_times_base
            + earlier_share * earlier_share * earlier_base_squared
        ) as earlier_squares,
        scale * (
            n_times_earlier_n - earlier_share * n_times_earlier_base - share * base_times_earlier_n
            + share * earlier_share * base_times_earlier_base
        ) as products,
        n_squared + base_squared + scale * scale * (earlier_n_squared + earlier_base_squared) as size
    from scored
),

summed as (
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
        total_n as n,
        total_base_n as base_n,
        total_earlier_n as earlier_n,
        total_earlier_base_n as earlier_base_n,
        share,
        earlier_share,
        cast(sum(n_clusters) as bigint) as n_clusters,
        count(*) as n_strata,
        cast(sum(n_paired) as bigint) as n_paired,
        cast(sum(n_came) as bigint) as n_came,
        cast(sum(n_went) as bigint) as n_went,
        case
            when count(factor) = count(*) and sum(n_clusters) > 1
                then {{ variance_of_sum(
                    'factor', 'n_clusters_of_stratum', 'z', '(squares + earlier_squares - 2 * products)', 'size'
                ) }} / power(total_base_n, 2)
        end as variance
    from spread
    group by
        survey_id, round_id, earlier_round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code,
        is_weighted, total_n, total_base_n, total_earlier_n, total_earlier_base_n, share, earlier_share
)

select
    dense_rank() over (
        order by
            summed.survey_id, summed.round_id, summed.question_id, summed.unit, summed.breakdown, summed.breakdown_id,
            summed.answer_level, summed.answer_code
    ) as change_number,
    summed.*,
    (cast(summed.n as double) * summed.earlier_base_n - cast(summed.earlier_n as double) * summed.base_n)
    / (cast(summed.base_n as double) * summed.earlier_base_n) as change,
    sqrt(summed.variance) as se,
    quantiles.df,
    quantiles.t_975
from summed
inner join {{ ref('t_quantiles') }} as quantiles
    on quantiles.df = {{ degrees_of_freedom('summed.n_clusters', 'summed.n_strata') }}
