select
    survey_id,
    id as size_class_group_id,
    size_class_id,
    label as labels,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__size_class_groups') }}
