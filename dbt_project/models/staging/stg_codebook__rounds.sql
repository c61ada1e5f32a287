select
    survey_id,
    round_id,
    titles,
    timezone,
    scope,
    closed_municipalities,
    decimal_sign,
    date_format,
    duplicates,
    cast(opens_on as date) as opens_on,
    cast(closes_on as date) as closes_on,
    cast(due_on as date) as due_on,
    cast(stale_after_days as integer) as stale_after_days,
    cast(division_date as date) as division_date,
    cast(population_date as date) as population_date,
    cast(substr(population_date, 1, 4) as integer) as population_year,
    is_synthetic = 'true' as is_synthetic
from {{ source('raw', 'codebook__rounds') }}
