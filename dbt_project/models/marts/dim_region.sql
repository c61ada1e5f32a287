select
    area_code as region_code,
    name_fi,
    name_sv,
    name_en
from {{ ref('stg_registry__areas') }}
where area_level = 'region'
