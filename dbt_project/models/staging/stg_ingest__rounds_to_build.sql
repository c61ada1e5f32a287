select
    survey_id,
    round_id,
    fingerprint
from {{ source('raw', 'ingest__rounds_to_build') }}
