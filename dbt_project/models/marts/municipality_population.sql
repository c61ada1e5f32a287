with municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

population as (
    select * from {{ ref('stg_registry__population') }}
)

select
    population.division_date,
    population.municipality_code,
    population.population_year,
    population.population
from population
inner join municipalities
    on
        population.municipality_code = municipalities.municipality_code
        and population.division_date = municipalities.division_date
