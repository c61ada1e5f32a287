select
    area_code as region_code,
    {{ key(['area_level', 'area_code']) }} as area_key,
    {{ in_published_languages('names', 'name') }}
from {{ ref('stg_registry__areas') }}
where area_level = 'region'
