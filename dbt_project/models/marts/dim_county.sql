select
    area_code as county_code,
    {{ key(['area_level', 'area_code']) }} as area_key,
    {{ in_published_languages('names', 'name') }},
    is_counted as is_county,
    tile_column,
    tile_row
from {{ ref('stg_registry__areas') }}
where area_level = 'county'
