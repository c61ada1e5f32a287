-- The share is published to 0.1 % and on a later division than the frame: a municipality that has since merged takes
-- the share of the merged one. The year is the first share year not before the frame's population.
with shares as (
    select * from {{ ref('stg_registry__foreign_language_shares') }}
),

round_years as (
    select
        rounds.survey_id,
        rounds.round_id,
        rounds.division_date,
        min(shares.share_year) as share_year
    from {{ ref('int_rounds_to_build') }} as rounds
    inner join shares on rounds.population_year <= shares.share_year
    group by rounds.survey_id, rounds.round_id, rounds.division_date
)

select
    round_years.survey_id,
    round_years.round_id,
    population.municipality_code,
    population.population * cast(10 * shares.foreign_language_pct as bigint) as foreign_language_x1000
from round_years
inner join {{ ref('int_population_on_division') }} as population
    on
        round_years.division_date = population.division_date
        and round_years.share_year = population.population_year
inner join {{ ref('int_municipality_successors') }} as successors
    on
        round_years.division_date = successors.division_date
        and population.municipality_code = successors.municipality_code
inner join shares
    on
        successors.successor_code = shares.municipality_code
        and successors.later_division_date = shares.division_date
        and round_years.share_year = shares.share_year
qualify
    row_number() over (
        partition by round_years.survey_id, round_years.round_id, population.municipality_code
        order by shares.division_date
    ) = 1
