select
    system_id,
    lower(trim(alias)) as alias
from {{ source('raw', 'systems__aliases') }}
