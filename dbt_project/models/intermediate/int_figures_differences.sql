-- The difference of each contrast for the whole frame, in the direction that print says, and its error: that of the
-- difference of two linearised ratios, municipalities weighed as in every other estimate. Nothing is known of a
-- contrast of which a side has no answers.
with contrasts as (
    select distinct
        survey_id,
        round_id,
        figure_id,
        statistic,
        contrast
    from {{ ref('int_figures_compared') }}
),

totals as (
    select
        *,
        {{ sum_in_any_order('weight * base_n', 'over contrasts') }} as total,
        {{ sum_in_any_order('weight * other_base_n', 'over contrasts') }} as other_total,
        {{ sum_in_any_order('weight * n', 'over contrasts') }} as total_n,
        {{ sum_in_any_order('weight * other_n', 'over contrasts') }} as other_total_n
    from {{ ref('int_figures_clustered') }}
    window contrasts as (partition by survey_id, figure_id, contrast)
),

-- z is told times the total, as in int_changes_estimated.
scored as (
    select
        *,
        total_n / nullif(total, 0) as share,
        other_total_n / nullif(other_total, 0) as other_share,
        (n - total_n / nullif(total, 0) * base_n)
        - coalesce(
            (other_n - other_total_n / nullif(other_total, 0) * other_base_n) * total / nullif(other_total, 0), 0
        ) as z
    from totals
),

strata as (
    select
        survey_id,
        figure_id,
        contrast,
        total,
        share,
        other_share,
        finite_population,
        count(*) as n_clusters,
        {{ stratum_factor('n_clusters_of_stratum', 'weight') }} as factor,
        {{ sum_in_any_order('z') }} as sum_z,
        {{ about_means('n_clusters_of_stratum', 'sum_z', 'sum_z', sum_in_any_order('z * z')) }} as squares,
        count(case when base_n > 0 then 1 end) as n_clusters_of_side,
        count(case when other_base_n > 0 then 1 end) as n_clusters_of_other,
        sum({{ product('base_n', 'base_n') }}) * weight * weight as weights_squared,
        sum({{ product('other_base_n', 'other_base_n') }}) * weight * weight as other_weights_squared
    from scored
    group by
        survey_id, figure_id, contrast, total, share, other_share, strata_in, stratum, weight, n_clusters_of_stratum,
        finite_population
),

summed as (
    select
        survey_id,
        figure_id,
        contrast,
        share,
        other_share,
        cast(sum(n_clusters) as bigint) as n_clusters,
        count(*) as n_strata,
        case
            when count(factor) = count(*) or max(case when factor is null then finite_population else 0 end) = 0
                then {{ sum_in_any_order('finite_population * coalesce(factor, 0) * squares') }} / power(total, 2)
        end as variance,
        {{ unseen_variance('share', 'sum(n_clusters_of_side)', 'weights_squared') }}
        + {{ unseen_variance('other_share', 'sum(n_clusters_of_other)', 'other_weights_squared') }} as unseen
    from strata
    group by survey_id, figure_id, contrast, total, share, other_share
)

select
    contrasts.survey_id,
    contrasts.round_id,
    contrasts.figure_id,
    contrasts.statistic,
    contrasts.contrast,
    summed.share,
    summed.other_share,
    case when contrasts.statistic in ('is_min', 'less_than_rest') then -100 else 100 end
    * (summed.share - case when contrasts.contrast = 'share' then 0 else summed.other_share end) as difference,
    100 * sqrt(greatest(summed.variance, 0) + summed.unseen) as se,
    {{ degrees_of_freedom('summed.n_clusters', 'summed.n_strata') }} as df
from contrasts
left join summed using (survey_id, figure_id, contrast)
