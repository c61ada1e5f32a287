select
    survey_id,
    round_id,
    source_column,
    source_file || ':' || source_line as row_id,
    coalesce({{ trimmed('cell_text') }}, '') as cell_value
from {{ source('raw', 'surveys__cells') }}
