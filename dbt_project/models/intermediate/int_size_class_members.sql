select
    survey_id,
    'size_class' as breakdown,
    size_class_id as breakdown_id,
    size_class_id
from {{ ref('stg_codebook__size_classes') }}
union all
select
    survey_id,
    'size_class_group' as breakdown,
    size_class_group_id as breakdown_id,
    size_class_id
from {{ ref('stg_codebook__size_class_groups') }}
