-- One row per row of the file, question and part, with corrections applied; a joined cell is split into its parts.
with cells as (
    select * from {{ ref('stg_surveys__cells') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

identified as (
    select * from {{ ref('int_rows_identified') }}
),

corrections as (
    select * from {{ ref('stg_codebook__corrections') }}
    where action = 'replace'
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
    case when corrections.new_value is null then cells.cell_type else 'text' end as cell_type,
    coalesce(corrections.new_value, cells.cell_value) as raw_value
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
left join corrections
    on
        identified.survey_id = corrections.survey_id
        and identified.round_id = corrections.round_id
        and identified.response_id = corrections.response_id
        and columns.question_id = corrections.question_id
        and cells.cell_value = corrections.old_value
