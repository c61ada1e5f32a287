{{ config(materialized='view', contract={'enforced': false}) }}
with cells as (
    select * from {{ ref('answer_distribution') }}
),

surveys as (
    select * from {{ ref('dim_survey') }}
),

rounds as (
    select * from {{ ref('dim_round') }}
),

questions as (
    select * from {{ ref('dim_question') }}
),

answers as (
    select * from {{ ref('dim_answer') }}
),

breakdowns as (
    select * from {{ ref('dim_breakdown') }}
),

codes as (
    select * from {{ ref('dim_code') }}
)

select
    cells.survey_id,
    cells.round_id,
    cells.question_id,
    cells.level,
    cells.answer_code,
    cells.breakdown,
    cells.breakdown_id,
    cells.unit,
    {% for name, label in [
        ('survey', 'surveys.title'), ('round', 'rounds.title'), ('question', 'questions.label'),
        ('answer', 'answers.label'), ('level', 'levels.label'), ('breakdown', 'breakdowns.breakdown'),
        ('breakdown_row', 'breakdowns.label'), ('unit', 'units.label'), ('cell_status', 'statuses.label'),
    ] %}
    {% for language in var('published_languages') %}
    {{ label }}_{{ language }} as {{ name }}_{{ language }},
    {% endfor %}
    {% endfor %}
    rounds.opens_on,
    rounds.sort_order as round_order,
    questions.sort_order as question_order,
    answers.sort_order as answer_order,
    breakdowns.breakdown_order,
    breakdowns.sort_order as breakdown_row_order,
    questions.question_type,
    breakdowns.is_overlapping,
    cells.is_synthetic,
    cells.n,
    cells.base_n,
    cells.share,
    cells.pct,
    cells.pct_sum100,
    cells.n_conflicts,
    cells.weighted_share,
    cells.se,
    cells.ci_low,
    cells.ci_high,
    cells.se_fpc,
    cells.ci_low_fpc,
    cells.ci_high_fpc,
    cells.ci_low_counts,
    cells.ci_high_counts,
    cells.provider_share,
    cells.provider_se,
    cells.provider_ci_low,
    cells.provider_ci_high,
    cells.deff,
    cells.is_reliable,
    cells.is_reliable_for_frame,
    cells.cell_status
from cells
inner join surveys using (survey_id)
inner join rounds using (round_key)
inner join questions using (question_key)
inner join answers using (answer_key)
inner join breakdowns using (breakdown_key)
left join codes as levels on levels.code_list = 'level' and cells.level = levels.code
left join codes as units on units.code_list = 'unit' and cells.unit = units.code
left join codes as statuses on statuses.code_list = 'cell_status' and cells.cell_status = statuses.code
