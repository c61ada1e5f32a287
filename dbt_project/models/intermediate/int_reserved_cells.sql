with cells as (
    select * from {{ ref('int_cells_corrected') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
)

select
    cells.row_id,
    max(case when columns.question_id = '_response_id' then nullif(cells.cell_value, '') end) as response_id,
    max(case when columns.question_id = '_respondent' then nullif(cells.cell_value, '') end) as respondent_id,
    max(case when columns.question_id = '_municipality' then cells.cell_value end) as municipality_value,
    max(case when columns.question_id = '_municipality' then columns.part end) as municipality_part,
    max(case when columns.question_id = '_role' then cells.cell_value end) as role_value,
    max(case when columns.question_id = '_role' then cells.source_column end) as role_column,
    max(case when columns.question_id = '_weight' then nullif(cells.cell_value, '') end) as weight_value,
    max(case when columns.question_id = '_completion' then nullif(cells.cell_value, '') end) as completion,
    max(case when columns.question_id = '_form_version' then nullif(cells.cell_value, '') end) as form_version
from cells
inner join columns
    on
        cells.survey_id = columns.survey_id
        and cells.round_id = columns.round_id
        and cells.source_column = columns.source_column
group by cells.row_id
