select
    area_level,
    area_code,
    names,
    is_counted = '1' as is_counted,
    short_names,
    cast(tile_column as integer) as tile_column,
    cast(tile_row as integer) as tile_row
from {{ source('raw', 'registry__areas') }}
