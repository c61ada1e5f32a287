select
    municipality_code,
    name_fi,
    name_sv,
    name_en,
    county_code,
    region_code,
    ely_code,
    urban_rural_code,
    language_status_code,
    cast(division_date as date) as division_date,
    is_mainland = '1' as is_mainland
from {{ source('raw', 'registry__municipalities') }}
