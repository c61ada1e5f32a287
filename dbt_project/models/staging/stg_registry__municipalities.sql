select
    municipality_code,
    names,
    cast(division_date as date) as division_date,
    is_mainland = '1' as is_mainland
from {{ source('raw', 'registry__municipalities') }}
