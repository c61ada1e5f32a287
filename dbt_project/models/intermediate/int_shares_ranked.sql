-- Where a share stands among its peers: the size classes outside its row, and the counted counties.
with cells as (
    select * from {{ ref('int_cells_printed') }}
    where base_n > 0
),

against_classes as (
    select
        cells.survey_id,
        cells.round_id,
        cells.question_id,
        cells.answer_level,
        cells.answer_code,
        cells.unit,
        cells.breakdown,
        cells.breakdown_id,
        min(case when cells.share < others.share then 0 else 1 end) as is_max,
        min(case when cells.share > others.share then 0 else 1 end) as is_min
    from cells
    inner join cells as others
        on
            cells.survey_id = others.survey_id
            and cells.round_id = others.round_id
            and cells.question_id = others.question_id
            and cells.answer_level = others.answer_level
            and cells.answer_code = others.answer_code
            and cells.unit = others.unit
            and others.breakdown = 'size_class'
    left join {{ ref('int_size_class_members') }} as members
        on
            cells.survey_id = members.survey_id
            and cells.breakdown = members.breakdown
            and cells.breakdown_id = members.breakdown_id
            and others.breakdown_id = members.size_class_id
    where
        cells.breakdown in ('size_class', 'size_class_group')
        and members.size_class_id is null
    group by
        cells.survey_id, cells.round_id, cells.question_id, cells.answer_level, cells.answer_code,
        cells.unit, cells.breakdown, cells.breakdown_id
),

among_counties as (
    select
        cells.survey_id,
        cells.round_id,
        cells.question_id,
        cells.answer_level,
        cells.answer_code,
        cells.unit,
        cells.breakdown,
        cells.breakdown_id,
        rank() over (
            partition by
                cells.survey_id, cells.round_id, cells.question_id, cells.answer_level, cells.answer_code, cells.unit
            order by cells.share desc
        ) as county_rank
    from cells
    inner join {{ ref('int_breakdowns_labelled') }} as labelled
        on
            cells.survey_id = labelled.survey_id
            and cells.breakdown = labelled.breakdown
            and cells.breakdown_id = labelled.breakdown_id
            and labelled.is_counted
    where cells.breakdown = 'county'
)

select
    survey_id,
    round_id,
    question_id,
    answer_level,
    answer_code,
    unit,
    breakdown,
    breakdown_id,
    is_max,
    is_min,
    cast(null as bigint) as county_rank
from against_classes
union all
select
    survey_id,
    round_id,
    question_id,
    answer_level,
    answer_code,
    unit,
    breakdown,
    breakdown_id,
    cast(null as integer) as is_max,
    cast(null as integer) as is_min,
    county_rank
from among_counties
