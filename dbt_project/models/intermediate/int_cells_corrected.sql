{{ config(materialized='view') }}
-- A correction mends the cell: every question, role or municipality that is read from it sees the same. Cells
-- of rounds that this build does not make are here too: it looks at values of its own rounds.
with cell_values as (
    select * from {{ ref('int_values_corrected') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

corrections as (
    select * from {{ ref('stg_codebook__corrections') }}
    where action = 'replace'
),

named as (
    select
        corrections.*,
        cells.row_key
    from corrections
    inner join columns
        on
            corrections.survey_id = columns.survey_id
            and corrections.round_id = columns.round_id
            and columns.question_id = '_response_id'
    inner join cell_values
        on
            columns.survey_id = cell_values.survey_id
            and columns.round_id = cell_values.round_id
            and columns.source_column = cell_values.source_column
            and corrections.response_id = cell_values.cell_value
    inner join {{ ref('stg_surveys__cells') }} as cells on cell_values.value_id = cells.value_id
),

corrected as (
    select distinct
        named.row_key,
        delivered.value_id,
        written.value_id as written_id
    from named
    inner join columns
        on
            named.survey_id = columns.survey_id
            and named.round_id = columns.round_id
            and named.question_id = columns.question_id
    inner join cell_values as delivered
        on
            columns.survey_id = delivered.survey_id
            and columns.round_id = delivered.round_id
            and columns.source_column = delivered.source_column
            and named.old_value = delivered.cell_value
            and not delivered.is_written
    inner join cell_values as written
        on
            columns.survey_id = written.survey_id
            and columns.round_id = written.round_id
            and columns.source_column = written.source_column
            and named.new_value = written.cell_value
            and written.is_written
)

select
    cells.row_key,
    coalesce(corrected.written_id, cells.value_id) as value_id
from {{ ref('stg_surveys__cells') }} as cells
left join corrected on cells.row_key = corrected.row_key and cells.value_id = corrected.value_id
