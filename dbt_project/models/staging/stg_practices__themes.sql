select
    theme_id,
    kind as theme_kind,
    list_name,
    labels,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'practices__themes') }}
