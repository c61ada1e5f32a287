select
    system_id,
    name as system_name,
    vendor,
    kind as system_kind,
    note,
    cast(in_use_from as date) as in_use_from,
    cast(in_use_to as date) as in_use_to,
    successor,
    is_fictional = '1' as is_fictional
from {{ source('raw', 'systems__systems') }}
