select
    area_level,
    area_code,
    name_fi,
    name_sv,
    name_en,
    is_counted = '1' as is_counted
from {{ source('raw', 'registry__areas') }}
