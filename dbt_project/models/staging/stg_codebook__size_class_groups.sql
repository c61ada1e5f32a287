select
    survey_id,
    size_class_group_id,
    size_class_id,
    labels,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__size_class_groups') }}
