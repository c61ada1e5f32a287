select
    division_date,
    municipality_code,
    population_year,
    population
from {{ ref('int_population_on_division') }}
