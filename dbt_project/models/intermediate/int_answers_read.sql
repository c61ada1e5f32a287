-- One row per row of the file, question and part of it that has a column there: of several, the first that is filled.
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
),

placed as (
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
        cells.cell_value,
        row_number() over (
            answer order by case when cells.cell_value = '' then 1 else 0 end, columns.source_line
        ) as choice,
        min(nullif(cells.cell_value, '')) over answer as least_value,
        max(nullif(cells.cell_value, '')) over answer as greatest_value
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
    window answer as (partition by cells.row_id, columns.question_id, columns.part)
)

-- Two answers are none: together they are no code, number or date, and what is joined in a cell is not cut apart.
select
    row_id,
    survey_id,
    round_id,
    response_id,
    question_id,
    part,
    ticked,
    not_ticked,
    case when least_value < greatest_value then null else list_separator end as list_separator,
    source_column,
    case
        when least_value < greatest_value then least_value || ' <> ' || greatest_value
        else cell_value
    end as raw_value,
    coalesce(least_value < greatest_value, false) as has_two_answers
from placed
where choice = 1
