select
    municipality_code,
    cast(year as integer) as population_year,
    cast(population as bigint) as population,
    cast(municipal_division as date) as division_date
from {{ source('raw', 'registry__population') }}
