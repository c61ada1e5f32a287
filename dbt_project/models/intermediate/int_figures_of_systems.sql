with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic = 'n_distinct_systems'
),

answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type = 'system'
)

select
    figures.survey_id,
    figures.figure_id,
    count(distinct answers.unit_id) as computed_base_n,
    cast(count(distinct answers.code) as decimal(18, 3)) as computed_value
from figures
inner join answers using (survey_id, round_id, question_id, unit)
inner join {{ ref('int_units_broken_down') }} using (survey_id, round_id, unit, unit_id, breakdown, breakdown_id)
group by figures.survey_id, figures.figure_id
