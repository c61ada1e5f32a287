select
    survey_id,
    round_id,
    cast(n_responses as bigint) as n_responses
from {{ source('raw', 'release__rounds') }}
