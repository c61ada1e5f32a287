select
    survey_id,
    round_id,
    row_key,
    source_file,
    row_status,
    reason,
    content_sha256,
    response_token,
    source_file || ':' || source_line as row_id,
    cast(source_line as bigint) as source_line,
    cast(started_at as timestamp) as started_at,
    cast(submitted_at as timestamp) as submitted_at
from {{ source('raw', 'surveys__rows') }}
