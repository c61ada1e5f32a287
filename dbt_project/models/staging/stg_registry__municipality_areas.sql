select
    municipality_code,
    area_level,
    area_code,
    cast(division_date as date) as division_date
from {{ source('raw', 'registry__municipality_areas') }}
