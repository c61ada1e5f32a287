select
    area_code as county_code,
    name_fi,
    name_sv,
    name_en,
    is_counted as is_county
from {{ ref('stg_registry__areas') }}
where area_level = 'county'
