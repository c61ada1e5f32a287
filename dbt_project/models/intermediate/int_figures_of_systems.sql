with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic = 'n_distinct_systems'
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type = 'system' and {{ is_built_now() }}
),

breakdowns as (
    select * from {{ ref('int_units_broken_down') }}
)

select
    figures.survey_id,
    figures.figure_id,
    count(distinct answers.unit_id) as computed_base_n,
    cast(count(distinct answers.code) as decimal(18, 3)) as computed_value
from figures
inner join answers
    on
        figures.survey_id = answers.survey_id
        and figures.round_id = answers.round_id
        and figures.question_id = answers.question_id
        and figures.unit = answers.unit
inner join breakdowns
    on
        answers.survey_id = breakdowns.survey_id
        and answers.round_id = breakdowns.round_id
        and answers.unit = breakdowns.unit
        and answers.unit_id = breakdowns.unit_id
        and figures.breakdown = breakdowns.breakdown
        and figures.breakdown_id = breakdowns.breakdown_id
group by figures.survey_id, figures.figure_id
