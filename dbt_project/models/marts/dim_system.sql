select
    system_id,
    system_name,
    vendor,
    system_kind,
    note,
    is_fictional,
    in_use_from,
    in_use_to,
    successor
from {{ ref('stg_systems__systems') }}
union all
select
    'unmatched' as system_id,
    'Name not in the inventory' as system_name,
    null as vendor,
    null as system_kind,
    'Names given by respondents that match no system of the inventory' as note,
    false as is_fictional,
    null as in_use_from,
    null as in_use_to,
    null as successor
