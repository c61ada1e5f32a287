-- Every breakdown of every survey with its rows, named: the size classes, the areas, the roles and the survey's own.
with surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

size_classes as (
    select * from {{ ref('stg_codebook__size_classes') }}
),

size_class_groups as (
    select * from {{ ref('stg_codebook__size_class_groups') }}
),

areas as (
    select * from {{ ref('stg_registry__areas') }}
),

roles as (
    select * from {{ ref('stg_codebook__roles') }}
),

breakdown_questions as (
    select * from {{ ref('stg_codebook__breakdowns') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
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
from size_classes
union all
select distinct
    survey_id,
    'size_class_group' as breakdown,
    size_class_group_id as breakdown_id,
    labels,
    sort_order,
    true as is_counted,
    'class' as breakdown_kind
from size_class_groups
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
cross join areas
union all
select
    survey_id,
    'role' as breakdown,
    role_id as breakdown_id,
    labels,
    sort_order,
    true as is_counted,
    'role' as breakdown_kind
from roles
union all
select
    questions.survey_id,
    questions.question_id as breakdown,
    choices.code as breakdown_id,
    choices.labels,
    choices.sort_order,
    true as is_counted,
    'answer' as breakdown_kind
from breakdown_questions
inner join questions
    on
        breakdown_questions.survey_id = questions.survey_id
        and breakdown_questions.question_id = questions.question_id
inner join choices
    on questions.survey_id = choices.survey_id and questions.list_name = choices.list_name
where not choices.is_missing
