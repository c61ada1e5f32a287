select
    municipality_code,
    cast(year as integer) as share_year,
    cast(foreign_language_pct as decimal(5, 1)) as foreign_language_pct,
    cast(municipal_division as date) as division_date
from {{ source('raw', 'registry__foreign_language_shares') }}
