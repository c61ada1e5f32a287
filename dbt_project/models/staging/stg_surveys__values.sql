select
    survey_id,
    round_id,
    source_column,
    cast(value_id as bigint) as value_id,
    coalesce({{ trimmed('cell_text') }}, '') as cell_value
from {{ source('raw', 'surveys__values') }}
