select
    survey_id,
    round_id,
    cast(row_key as bigint) as row_key,
    cast(value_id as bigint) as value_id
from {{ source('raw', 'surveys__cells') }}
