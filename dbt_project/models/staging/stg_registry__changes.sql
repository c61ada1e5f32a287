select
    change_type,
    old_code,
    old_names,
    new_code,
    cast(effective_date as date) as effective_on
from {{ source('raw', 'registry__changes') }}
