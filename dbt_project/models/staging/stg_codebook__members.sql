select
    survey_id,
    round_id,
    {{ trimmed('respondent') }} as respondent,
    municipality_code,
    cast(source_line as integer) as sort_order
from {{ source('raw', 'codebook__members') }}
