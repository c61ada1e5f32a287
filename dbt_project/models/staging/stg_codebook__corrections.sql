select
    survey_id,
    round_id,
    response_id,
    question_id,
    action,
    coalesce({{ trimmed('old_value') }}, '') as old_value,
    coalesce({{ trimmed('new_value') }}, '') as new_value
from {{ source('raw', 'codebook__corrections') }}
