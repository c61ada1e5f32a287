select
    municipality_code,
    name_fi,
    name_sv,
    name_en,
    cast(division_date as date) as division_date,
    is_mainland = '1' as is_mainland
from {{ source('raw', 'registry__municipalities') }}
