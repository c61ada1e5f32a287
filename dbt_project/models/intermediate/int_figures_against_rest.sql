-- Whether a row's share is above, or below, that of all other rows of its breakdown taken together.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic in ('more_than_rest', 'less_than_rest')
),

cells as (
    select * from {{ ref('int_cells_printed') }}
    where base_n > 0
),

rest as (
    select
        figures.survey_id,
        figures.figure_id,
        cast(sum(cells.n) as bigint) as n,
        cast(sum(cells.base_n) as bigint) as base_n
    from figures
    inner join {{ ref('int_figures_beside') }} as beside using (survey_id, figure_id)
    inner join cells
        on
            figures.survey_id = cells.survey_id
            and figures.round_id = cells.round_id
            and figures.question_id = cells.question_id
            and figures.answer_level = cells.answer_level
            and figures.answer_code = cells.answer_code
            and figures.unit = cells.unit
            and beside.breakdown = cells.breakdown
            and beside.breakdown_id = cells.breakdown_id
    group by figures.survey_id, figures.figure_id
)

select
    figures.survey_id,
    figures.figure_id,
    cells.base_n as computed_base_n,
    cast(case
        when figures.statistic = 'more_than_rest' and cells.n * rest.base_n > rest.n * cells.base_n then 1
        when figures.statistic = 'less_than_rest' and cells.n * rest.base_n < rest.n * cells.base_n then 1
        else 0
    end as decimal(18, 3)) as computed_value
from figures
inner join cells using (survey_id, round_id, question_id, answer_level, answer_code, unit, breakdown, breakdown_id)
inner join rest using (survey_id, figure_id)
