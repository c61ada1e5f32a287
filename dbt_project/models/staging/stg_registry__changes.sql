select
    change_type,
    old_code,
    old_name_fi as old_name,
    new_code,
    cast(effective_date as date) as effective_on
from {{ source('raw', 'registry__changes') }}
