select
    practice_id,
    theme_id,
    list_name,
    labels,
    organisations,
    who,
    rhythms,
    area_level,
    area_code,
    evidence,
    document,
    place,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'practices__practices') }}
