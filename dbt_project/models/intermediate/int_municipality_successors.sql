-- What a municipality of one division has become in a later one, through however many mergers; most stay what they are.
with recursive municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

mergers as (
    select * from {{ ref('stg_registry__changes') }}
    where change_type = 'merger'
),

-- A code that closed before the oldest division that the registry holds is known from its merger only.
known as (
    select
        division_date,
        municipality_code
    from municipalities
    union
    select
        division_date,
        municipality_code
    from {{ ref('stg_registry__population') }}
    union
    select
        division_date,
        municipality_code
    from {{ ref('stg_registry__foreign_language_shares') }}
    union
    select
        {{ day_before('effective_on') }} as division_date,
        old_code as municipality_code
    from mergers
),

dates as (
    select distinct division_date from known
),

moved as (
    select
        known.division_date,
        known.municipality_code,
        dates.division_date as later_division_date,
        known.municipality_code as successor_code,
        known.division_date as moved_on
    from known
    inner join dates on known.division_date <= dates.division_date
    union all
    select
        moved.division_date,
        moved.municipality_code,
        moved.later_division_date,
        mergers.new_code as successor_code,
        mergers.effective_on as moved_on
    from moved
    inner join mergers
        on
            moved.successor_code = mergers.old_code
            and moved.moved_on < mergers.effective_on
            and moved.later_division_date >= mergers.effective_on
)

select
    division_date,
    municipality_code,
    later_division_date,
    successor_code
from moved
qualify
    row_number() over (
        partition by division_date, municipality_code, later_division_date order by moved_on desc
    ) = 1
