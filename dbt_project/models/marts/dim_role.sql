select
    survey_id,
    role_id,
    label_fi,
    label_sv,
    label_en,
    sort_order
from {{ ref('stg_codebook__roles') }}
