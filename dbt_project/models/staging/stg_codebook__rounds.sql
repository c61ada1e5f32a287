-- Every key of round.yml under its own name.
select
    {{ all_but('rounds', [
        'source_file', 'source_sha256', 'source_line', 'opens_on', 'closes_on', 'due_on', 'stale_after_days',
        'division_date', 'population_date', 'is_synthetic'
    ]) }},
    cast(opens_on as date) as opens_on,
    cast(closes_on as date) as closes_on,
    cast(due_on as date) as due_on,
    cast(stale_after_days as integer) as stale_after_days,
    cast(division_date as date) as division_date,
    cast(population_date as date) as population_date,
    is_synthetic = 'true' as is_synthetic,
    cast(substr(population_date, 1, 4) as integer) as population_year
from {{ source('raw', 'codebook__rounds') }} as rounds
