select
    code_list,
    code,
    label_fi,
    label_sv,
    label_en,
    sort_order
from {{ ref('codes') }}
