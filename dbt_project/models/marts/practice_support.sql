{{ config(materialized='view', contract={'enforced': false}) }}
-- A question is of the practices when its list of choices is one of theirs; what is hidden of it is hidden here too.
with options as (
    select
        list_name,
        theme_id as answer_code,
        theme_id,
        null as practice_id
    from {{ ref('dim_theme') }}
    union all
    select
        list_name,
        practice_id as answer_code,
        theme_id,
        practice_id
    from {{ ref('practice') }}
),

questions as (
    select * from {{ ref('dim_question') }}
),

cells as (
    select * from {{ ref('answer_distribution') }}
    where level = 'option'
)

select
    cells.survey_id,
    cells.round_id,
    cells.round_key,
    options.theme_id,
    options.practice_id,
    cells.question_id,
    cells.answer_code,
    cells.unit,
    cells.breakdown,
    cells.breakdown_id,
    cells.is_synthetic,
    cells.n,
    cells.base_n,
    cells.pct,
    cells.is_reliable,
    cells.cell_status
from cells
inner join questions using (question_key)
inner join options using (list_name, answer_code)
