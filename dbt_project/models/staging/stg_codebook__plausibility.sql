select
    survey_id,
    rule_id,
    kind,
    expression,
    messages
from {{ source('raw', 'codebook__plausibility') }}
