-- A correction mends the cell: every question, role or municipality that is read from it sees the same.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

cells as (
    select cells.*
    from {{ ref('stg_surveys__cells') }} as cells
    inner join rounds on cells.survey_id = rounds.survey_id and cells.round_id = rounds.round_id
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

corrections as (
    select * from {{ ref('stg_codebook__corrections') }}
    where action = 'replace'
),

ids as (
    select
        cells.row_id,
        max(nullif(cells.cell_value, '')) as response_id
    from cells
    inner join columns
        on
            cells.survey_id = columns.survey_id
            and cells.round_id = columns.round_id
            and cells.source_column = columns.source_column
            and columns.question_id = '_response_id'
    group by cells.row_id
),

corrected as (
    select distinct
        corrections.survey_id,
        corrections.round_id,
        corrections.response_id,
        columns.source_column,
        corrections.old_value,
        corrections.new_value
    from corrections
    inner join columns
        on
            corrections.survey_id = columns.survey_id
            and corrections.round_id = columns.round_id
            and corrections.question_id = columns.question_id
)

select
    cells.row_id,
    cells.survey_id,
    cells.round_id,
    cells.source_column,
    coalesce(corrected.new_value, cells.cell_value) as cell_value
from cells
left join ids on cells.row_id = ids.row_id
left join corrected
    on
        cells.survey_id = corrected.survey_id
        and cells.round_id = corrected.round_id
        and ids.response_id = corrected.response_id
        and cells.source_column = corrected.source_column
        and cells.cell_value = corrected.old_value
