select
    area_level,
    area_code,
    names,
    is_counted = '1' as is_counted
from {{ source('raw', 'registry__areas') }}
