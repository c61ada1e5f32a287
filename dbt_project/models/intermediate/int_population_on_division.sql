-- A population counted on one division, told on another: added up where municipalities have merged since, and the same
-- where nothing changed. What was counted together cannot be told apart again: there is no row. A sum with an unknown
-- part is unknown.
with population as (
    select * from {{ ref('stg_registry__population') }}
),

successors as (
    select * from {{ ref('int_municipality_successors') }}
),

merged_since as (
    select
        later_division_date,
        successor_code,
        division_date,
        count(*) as n_merged
    from successors
    group by later_division_date, successor_code, division_date
),

counted_before as (
    select
        successors.later_division_date as division_date,
        successors.successor_code as municipality_code,
        population.population_year,
        population.division_date as counted_on,
        case when count(*) = count(population.population) then sum(population.population) end as population
    from population
    inner join successors using (division_date, municipality_code)
    group by
        successors.later_division_date, successors.successor_code, population.population_year, population.division_date
),

counted_after as (
    select
        successors.division_date,
        successors.municipality_code,
        population.population_year,
        population.division_date as counted_on,
        population.population
    from population
    inner join successors
        on
            population.division_date = successors.later_division_date
            and population.municipality_code = successors.successor_code
            and successors.division_date < successors.later_division_date
    inner join merged_since
        on
            successors.later_division_date = merged_since.later_division_date
            and successors.successor_code = merged_since.successor_code
            and successors.division_date = merged_since.division_date
            and merged_since.n_merged = 1
),

told as (
    select * from counted_before
    union all
    select * from counted_after
)

select
    told.division_date,
    told.municipality_code,
    told.population_year,
    told.counted_on,
    cast(told.population as bigint) as population
from told
inner join {{ ref('stg_registry__municipalities') }} using (division_date, municipality_code)
qualify
    row_number() over (
        partition by told.division_date, told.municipality_code, told.population_year
        order by
            told.population is null,
            told.counted_on <= told.division_date desc,
            abs({{ days_between('told.counted_on', 'told.division_date') }})
    ) = 1
