-- Municipalities that had merged into others before the division of a round.
with mergers as (
    select * from {{ ref('stg_registry__changes') }}
    where change_type = 'merger'
)

select
    rounds.survey_id,
    rounds.round_id,
    mergers.old_code as municipality_code,
    mergers.old_names as municipality_names,
    mergers.effective_on,
    successors.successor_code,
    rounds.closed_municipalities = 'successor' as is_counted_as_successor
from {{ ref('int_rounds_to_build') }} as rounds
inner join mergers on rounds.division_date >= mergers.effective_on
inner join {{ ref('int_municipality_successors') }} as successors
    on
        mergers.old_code = successors.municipality_code
        and {{ day_before('mergers.effective_on') }} = successors.division_date
        and rounds.division_date = successors.later_division_date
