select
    survey_id,
    round_id,
    response_id,
    question_id,
    action,
    coalesce(trim(old_value), '') as old_value,
    coalesce(trim(new_value), '') as new_value
from {{ source('raw', 'codebook__corrections') }}
