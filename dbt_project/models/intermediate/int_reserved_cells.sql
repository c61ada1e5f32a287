with cells as (
    select * from {{ ref('int_cells_corrected') }}
),

cell_values as (
    select * from {{ ref('int_values_corrected') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
    where substr(question_id, 1, 1) = '_'
)

select
    cells.row_key,
    max(case when columns.question_id = '_response_id' then nullif(cell_values.cell_value, '') end) as response_id,
    max(case when columns.question_id = '_respondent' then nullif(cell_values.cell_value, '') end) as respondent_id,
    max(case when columns.question_id = '_municipality' then cell_values.cell_value end) as municipality_value,
    max(case when columns.question_id = '_municipality' then columns.part end) as municipality_part,
    max(case when columns.question_id = '_role' then cell_values.cell_value end) as role_value,
    max(case when columns.question_id = '_role' then cell_values.source_column end) as role_column,
    max(case when columns.question_id = '_weight' then nullif(cell_values.cell_value, '') end) as weight_value,
    max(case when columns.question_id = '_completion' then nullif(cell_values.cell_value, '') end) as completion,
    max(case when columns.question_id = '_form_version' then nullif(cell_values.cell_value, '') end) as form_version
from columns
inner join cell_values
    on
        columns.survey_id = cell_values.survey_id
        and columns.round_id = cell_values.round_id
        and columns.source_column = cell_values.source_column
inner join cells on cell_values.value_id = cells.value_id
group by cells.row_key
