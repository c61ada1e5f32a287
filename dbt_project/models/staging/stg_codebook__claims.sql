select
    survey_id,
    round_id,
    claim_id,
    document,
    place,
    language,
    sentence,
    not_computable,
    cast(claim_order as integer) as claim_order,
    is_shortened = '1' as is_shortened
from {{ source('raw', 'codebook__claims') }}
