select
    survey_id,
    list_name,
    role_id,
    labels,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__roles') }}
