select
    row_key,
    value_id
from {{ source('raw', 'surveys__cells') }}
