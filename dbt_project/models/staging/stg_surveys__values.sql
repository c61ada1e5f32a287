select
    survey_id,
    round_id,
    value_id,
    source_column,
    coalesce({{ trimmed('cell_text') }}, '') as cell_value
from {{ source('raw', 'surveys__values') }}
