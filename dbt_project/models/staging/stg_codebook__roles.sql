select
    survey_id,
    list_name,
    role_id,
    label_fi,
    label_sv,
    label_en,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__roles') }}
