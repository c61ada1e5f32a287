-- One row per row of the file, question and part of it that has a column of its own.
with cells as (
    select * from {{ ref('int_cells_corrected') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

identified as (
    select * from {{ ref('int_rows_identified') }}
)

select
    cells.row_id,
    identified.survey_id,
    identified.round_id,
    identified.response_id,
    columns.question_id,
    coalesce(columns.part, '') as part,
    columns.ticked,
    columns.not_ticked,
    columns.list_separator,
    cells.source_column,
    cells.cell_value as raw_value
from cells
inner join columns
    on
        cells.survey_id = columns.survey_id
        and cells.round_id = columns.round_id
        and cells.source_column = columns.source_column
inner join questions
    on columns.survey_id = questions.survey_id and columns.question_id = questions.question_id
inner join identified
    on cells.row_id = identified.row_id and identified.row_status = 'read'
