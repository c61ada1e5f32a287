-- noqa: disable=RF03
-- What printed comparisons come to for the whole frame, and tests of what differs by a breakdown.
with comparisons as (
    select
        survey_id,
        figure_id,
        bounded(
            {{ rows_in_order(['difference', 'se', 'cast(df as double)']) }},
            case when statistic = 'in_top_4' then 4 else 1 end
        ) as found
    from {{ ref('int_figures_differences') }}
    group by survey_id, figure_id, statistic
)

select
    survey_id,
    figure_id,
    found.estimate,
    found.low,
    found.high,
    cast(null as double) as p_value
from comparisons
union all
select
    survey_id,
    figure_id,
    null as estimate,
    null as low,
    null as high,
    rao_scott(n_rows_compared, n_clusters, chi_square, expected) as p_value
from {{ ref('int_figures_differing') }}
