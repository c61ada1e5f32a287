-- Every breakdown of every survey with its rows, named: the size classes, the areas, the roles and the survey's own.
with surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
)

select
    survey_id,
    'all' as breakdown,
    'all' as breakdown_id,
    all_label as labels,
    1 as sort_order,
    true as is_counted,
    'class' as breakdown_kind
from surveys
union all
select
    survey_id,
    'size_class' as breakdown,
    size_class_id as breakdown_id,
    labels,
    sort_order,
    true as is_counted,
    'class' as breakdown_kind
from {{ ref('stg_codebook__size_classes') }}
union all
select distinct
    survey_id,
    'size_class_group' as breakdown,
    size_class_group_id as breakdown_id,
    labels,
    sort_order,
    true as is_counted,
    'class' as breakdown_kind
from {{ ref('stg_codebook__size_class_groups') }}
union all
select
    surveys.survey_id,
    areas.area_level as breakdown,
    areas.area_code as breakdown_id,
    areas.names as labels,
    row_number() over (partition by surveys.survey_id, areas.area_level order by areas.area_code) as sort_order,
    areas.is_counted,
    'area' as breakdown_kind
from surveys
cross join {{ ref('stg_registry__areas') }} as areas
union all
select
    survey_id,
    'role' as breakdown,
    role_id as breakdown_id,
    labels,
    sort_order,
    true as is_counted,
    'role' as breakdown_kind
from {{ ref('stg_codebook__roles') }}
union all
select
    questions.survey_id,
    questions.question_id as breakdown,
    choices.code as breakdown_id,
    choices.labels,
    choices.sort_order,
    true as is_counted,
    'answer' as breakdown_kind
from {{ ref('stg_codebook__breakdowns') }}
inner join {{ ref('stg_codebook__questions') }} as questions using (survey_id, question_id)
inner join {{ ref('stg_codebook__choices') }} as choices using (survey_id, list_name)
where not choices.is_missing
