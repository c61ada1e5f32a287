{{ config(materialized='incremental') }}
-- Which systems were named; names that match no system of the inventory are one row of their own.
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type = 'system' and {{ is_built_now() }}
),

unit_breakdowns as (
    select * from {{ ref('int_units_broken_down') }}
),

bases as (
    select * from {{ ref('int_answer_bases') }}
),

breakdowns as (
    select * from {{ ref('int_breakdowns_in_round') }}
),

named as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        unit_id,
        coalesce(code, 'unmatched') as system_id
    from answers
),

systems as (
    select distinct
        survey_id,
        round_id,
        question_id,
        unit,
        system_id
    from named
),

counted as (
    select
        named.survey_id,
        named.round_id,
        named.question_id,
        named.unit,
        named.system_id,
        unit_breakdowns.breakdown,
        unit_breakdowns.breakdown_id,
        count(distinct named.unit_id) as n
    from named
    inner join unit_breakdowns
        on
            named.survey_id = unit_breakdowns.survey_id
            and named.round_id = unit_breakdowns.round_id
            and named.unit = unit_breakdowns.unit
            and named.unit_id = unit_breakdowns.unit_id
    group by
        named.survey_id, named.round_id, named.question_id, named.unit, named.system_id,
        unit_breakdowns.breakdown, unit_breakdowns.breakdown_id
)

select
    systems.survey_id,
    systems.round_id,
    systems.question_id,
    systems.unit,
    breakdowns.breakdown,
    breakdowns.breakdown_id,
    systems.system_id,
    {{ key(['systems.survey_id', 'systems.round_id']) }} as round_key,
    {{ key(['systems.survey_id', 'systems.question_id']) }} as question_key,
    {{ key(['systems.survey_id', 'breakdowns.breakdown', 'breakdowns.breakdown_id']) }} as breakdown_key,
    breakdowns.is_synthetic,
    coalesce(counted.n, 0) as n,
    coalesce(bases.base_n, 0) as base_n,
    {{ share('coalesce(counted.n, 0)', 'bases.base_n') }} as share,
    cast({{ pct_half_up('coalesce(counted.n, 0)', 'bases.base_n') }} as integer) as pct,
    case when coalesce(counted.n, 0) = 0 then 'zero' else 'shown' end as cell_status
from systems
inner join breakdowns
    on
        systems.survey_id = breakdowns.survey_id
        and systems.round_id = breakdowns.round_id
        and (systems.unit = 'response' or breakdowns.has_municipalities)
left join counted
    on
        systems.survey_id = counted.survey_id
        and systems.round_id = counted.round_id
        and systems.question_id = counted.question_id
        and systems.unit = counted.unit
        and systems.system_id = counted.system_id
        and breakdowns.breakdown = counted.breakdown
        and breakdowns.breakdown_id = counted.breakdown_id
left join bases
    on
        systems.survey_id = bases.survey_id
        and systems.round_id = bases.round_id
        and systems.question_id = bases.question_id
        and systems.unit = bases.unit
        and breakdowns.breakdown = bases.breakdown
        and breakdowns.breakdown_id = bases.breakdown_id
