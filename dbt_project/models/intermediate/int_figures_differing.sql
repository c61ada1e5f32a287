-- What the test of "differs by" is made of: Pearson's chi-square of an answer over the rows of a breakdown, and what
-- chance alone makes of it, where the answers of a cluster go together. Both lack the same factor, p (1 - p).
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic = 'differs' and {{ is_built_now() }}
),

clusters as (
    select
        figures.survey_id,
        figures.round_id,
        figures.figure_id,
        units.breakdown_id,
        answered.cluster_code,
        count(distinct case
            when figures.answer_level = answered.answer_level and figures.answer_code = answered.answer_code
                then answered.unit_id
        end) as n,
        count(distinct answered.unit_id) as base_n
    from figures
    inner join {{ ref('int_figures_given') }} as answered using (survey_id, round_id, question_id, unit)
    inner join {{ ref('int_units_broken_down') }} as units using (survey_id, round_id, unit, breakdown, unit_id)
    group by figures.survey_id, figures.round_id, figures.figure_id, units.breakdown_id, answered.cluster_code
),

totals as (
    select
        *,
        cast(sum(n) over figures as double) as total_n,
        cast(sum(base_n) over figures as double) as total_base_n,
        sum(n) over in_cluster as cluster_n,
        sum(base_n) over in_cluster as cluster_base_n
    from clusters
    window
        figures as (partition by survey_id, figure_id),
        in_cluster as (partition by survey_id, figure_id, cluster_code)
),

scored as (
    select
        *,
        n - total_n / total_base_n * base_n as residual,
        cluster_n - total_n / total_base_n * cluster_base_n as cluster_residual
    from totals
),

rows_summed as (
    select
        survey_id,
        round_id,
        figure_id,
        breakdown_id,
        total_n,
        total_base_n,
        sum(base_n) as base_n,
        {{ sum_in_any_order('residual') }} as residual,
        {{ sum_in_any_order('residual * residual') }} as squares,
        {{ sum_in_any_order('residual * cluster_residual') }} as products
    from scored
    group by survey_id, round_id, figure_id, breakdown_id, total_n, total_base_n
),

clusters_once as (
    select distinct
        survey_id,
        figure_id,
        cluster_code,
        cluster_residual
    from scored
),

cluster_squares as (
    select
        survey_id,
        figure_id,
        count(*) as n_clusters,
        {{ sum_in_any_order('cluster_residual * cluster_residual') }} as squares
    from clusters_once
    group by survey_id, figure_id
),

-- A cluster outside a row takes part in it: all are expected to answer alike.
expected as (
    select
        rows_summed.*,
        cluster_squares.n_clusters,
        rows_summed.squares - 2 * rows_summed.base_n / rows_summed.total_base_n * rows_summed.products
        + power(rows_summed.base_n / rows_summed.total_base_n, 2) * cluster_squares.squares as squares_about_all
    from rows_summed
    inner join cluster_squares using (survey_id, figure_id)
)

select
    survey_id,
    round_id,
    figure_id,
    count(*) as n_rows_compared,
    n_clusters,
    {{ sum_in_any_order('residual * residual / base_n') }} as chi_square,
    {{ sum_in_any_order('squares_about_all / base_n') }} * n_clusters / nullif(n_clusters - 1, 0) as expected
from expected
group by survey_id, round_id, figure_id, n_clusters
