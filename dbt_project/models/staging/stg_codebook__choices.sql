select
    survey_id,
    list_name,
    code,
    group_code,
    label_fi,
    label_sv,
    label_en,
    group_label_fi,
    group_label_sv,
    group_label_en,
    cast(sort_order as integer) as sort_order,
    coalesce(is_missing, '0') = '1' as is_missing,
    coalesce(is_exclusive, '0') = '1' as is_exclusive
from {{ source('raw', 'codebook__choices') }}
