-- The rows that a printed comparison sets a row against: all others of its breakdown together, or each of its peers. Of
-- a union of size classes these are the classes outside it; among counties those that are counted.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic in ('is_max', 'is_min', 'in_top_4', 'more_than_rest', 'less_than_rest') and {{ is_built_now() }}
)

select
    figures.survey_id,
    figures.figure_id,
    breakdowns.breakdown,
    breakdowns.breakdown_id,
    case
        when figures.statistic in ('more_than_rest', 'less_than_rest') then 'rest' else breakdowns.breakdown_id
    end as contrast
from figures
inner join {{ ref('int_breakdowns_in_round') }} as breakdowns
    on
        figures.survey_id = breakdowns.survey_id
        and figures.round_id = breakdowns.round_id
        and case figures.breakdown when 'size_class_group' then 'size_class' else figures.breakdown end
        = breakdowns.breakdown
inner join {{ ref('int_breakdowns_labelled') }} as labelled
    on
        breakdowns.survey_id = labelled.survey_id
        and breakdowns.breakdown = labelled.breakdown
        and breakdowns.breakdown_id = labelled.breakdown_id
left join {{ ref('int_size_class_members') }} as members
    on
        figures.survey_id = members.survey_id
        and figures.breakdown = members.breakdown
        and figures.breakdown_id = members.breakdown_id
        and breakdowns.breakdown_id = members.size_class_id
where
    members.size_class_id is null
    and (figures.breakdown <> breakdowns.breakdown or figures.breakdown_id <> breakdowns.breakdown_id)
    and (figures.statistic <> 'in_top_4' or labelled.is_counted)
