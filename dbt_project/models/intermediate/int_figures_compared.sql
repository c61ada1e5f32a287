-- The cells that a printed comparison sets against each other, contrast by contrast: a row against all others together,
-- against each of its peers, or an answer against each of others. Answers that are counted together have their share as
-- one, with no other side.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where {{ is_built_now() }}
),

above as (
    select
        survey_id,
        figure_id,
        breakdown,
        breakdown_id,
        {{ split_to_rows('than', "'+'") }} as contrast
    from figures
    where statistic = 'above_each'
),

others as (
    select
        survey_id,
        figure_id,
        breakdown,
        breakdown_id,
        cast(null as string) as answer_code,
        contrast
    from {{ ref('int_figures_beside') }}
    union all
    select
        survey_id,
        figure_id,
        breakdown,
        breakdown_id,
        contrast as answer_code,
        contrast
    from above
),

sides as (
    select distinct
        survey_id,
        figure_id,
        cast(null as string) as breakdown,
        cast(null as string) as breakdown_id,
        cast(null as string) as answer_code,
        contrast,
        1 as side
    from others
    union all
    select
        *,
        -1 as side
    from others
    union all
    select
        survey_id,
        figure_id,
        null as breakdown,
        null as breakdown_id,
        null as answer_code,
        'share' as contrast,
        1 as side
    from figures
    where statistic = 'pct' and answer_code like '%+%'
)

select
    figures.survey_id,
    figures.round_id,
    figures.figure_id,
    figures.statistic,
    figures.question_id,
    figures.unit,
    figures.answer_level,
    sides.contrast,
    sides.side,
    coalesce(sides.answer_code, figures.answer_code) as answer_code,
    coalesce(sides.breakdown, figures.breakdown) as breakdown,
    coalesce(sides.breakdown_id, figures.breakdown_id) as breakdown_id
from sides
inner join figures using (survey_id, figure_id)
