select
    survey_id,
    round_id,
    claim_id,
    verdict,
    frame_verdict
from {{ source('raw', 'release__claims') }}
