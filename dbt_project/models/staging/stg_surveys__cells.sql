select
    survey_id,
    round_id,
    row_key,
    value_id
from {{ source('raw', 'surveys__cells') }}
