select
    survey_id,
    round_id,
    response_token
from {{ source('raw', 'release__rows') }}
