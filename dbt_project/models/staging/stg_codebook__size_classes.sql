select
    survey_id,
    size_class_id,
    labels,
    cast(min_population as bigint) as min_population,
    cast(max_population as bigint) as max_population,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__size_classes') }}
