{{ config(materialized='view') }}
-- Which answer a row of a file gives to each question.
with cells as (
    select * from {{ ref('int_cells_corrected') }}
),

answers as (
    select * from {{ ref('int_answers_distinct') }}
),

combined as (
    select * from {{ ref('int_answers_combined') }}
),

identified as (
    select * from {{ ref('int_rows_identified') }}
    where row_status = 'read'
)

select
    cells.row_key,
    answers.answer_id
from cells
inner join answers on cells.value_id = answers.value_id
inner join identified on cells.row_key = identified.row_key
union all
select
    combined.row_key,
    answers.answer_id
from combined
inner join answers
    on
        combined.survey_id = answers.survey_id
        and combined.round_id = answers.round_id
        and combined.question_id = answers.question_id
        and combined.value_ids = answers.value_ids
        and combined.source_column = answers.source_column
        and combined.is_coded = answers.is_coded
        and combined.codes = answers.codes
        and answers.value_id is null
