select
    survey_id,
    round_id,
    list_name,
    code,
    {{ trimmed('source_value') }} as source_value
from {{ source('raw', 'codebook__recodes') }}
