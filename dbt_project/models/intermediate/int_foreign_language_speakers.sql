-- The share is published to 0.1 % and on a later division than the frame: a municipality that has since merged takes
-- the share of the merged one. The year is the first share year not before the frame's population.
with rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

population as (
    select * from {{ ref('stg_registry__population') }}
),

shares as (
    select * from {{ ref('stg_registry__foreign_language_shares') }}
),

mergers as (
    select * from {{ ref('stg_registry__changes') }}
    where change_type = 'merger'
),

round_years as (
    select
        rounds.survey_id,
        rounds.round_id,
        rounds.division_date,
        min(shares.share_year) as share_year
    from rounds
    inner join shares on rounds.population_year <= shares.share_year
    group by rounds.survey_id, rounds.round_id, rounds.division_date
)

select
    round_years.survey_id,
    round_years.round_id,
    municipalities.municipality_code,
    population.population * cast(10 * shares.foreign_language_pct as bigint) as foreign_language_x1000
from round_years
inner join municipalities on round_years.division_date = municipalities.division_date
inner join population
    on
        municipalities.municipality_code = population.municipality_code
        and municipalities.division_date = population.division_date
        and round_years.share_year = population.population_year
left join mergers
    on
        municipalities.municipality_code = mergers.old_code
        and municipalities.division_date < mergers.effective_on
inner join shares
    on
        coalesce(mergers.new_code, municipalities.municipality_code) = shares.municipality_code
        and round_years.share_year = shares.share_year
