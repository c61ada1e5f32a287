select
    survey_id,
    id as size_class_id,
    label as labels,
    cast(min as bigint) as min_population,
    cast(max as bigint) as max_population,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__size_classes') }}
