select
    survey_id,
    list_name,
    code,
    group_code,
    labels,
    group_labels,
    cast(sort_order as integer) as sort_order,
    coalesce(is_missing, '0') = '1' as is_missing,
    coalesce(is_exclusive, '0') = '1' as is_exclusive
from {{ source('raw', 'codebook__choices') }}
