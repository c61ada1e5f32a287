select
    survey_id,
    round_id,
    response_token,
    cast(is_accepted as integer) as is_accepted
from {{ source('raw', 'release__rows') }}
