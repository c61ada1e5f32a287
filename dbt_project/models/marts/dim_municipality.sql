with municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

latest_population as (
    select * from {{ ref('stg_registry__population') }}
    qualify
        row_number() over (partition by municipality_code, division_date order by population_year desc) = 1
)

select
    municipalities.division_date,
    municipalities.municipality_code,
    municipalities.name_fi,
    municipalities.name_sv,
    municipalities.name_en,
    municipalities.county_code,
    municipalities.region_code,
    municipalities.ely_code,
    municipalities.language_status_code,
    municipalities.urban_rural_code,
    municipalities.is_mainland,
    latest_population.population,
    latest_population.population_year
from municipalities
left join latest_population
    on
        municipalities.municipality_code = latest_population.municipality_code
        and municipalities.division_date = latest_population.division_date
