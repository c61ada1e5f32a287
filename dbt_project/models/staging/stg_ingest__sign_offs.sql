select
    survey_id,
    round_id,
    signed_by,
    why,
    accepted,
    cast(signed_on as date) as signed_on,
    cast(signed_at as timestamp) as signed_at,
    cast(n_responses_changed as bigint) as n_responses_changed,
    cast(n_municipalities_changed as bigint) as n_municipalities_changed,
    cast(n_rows_moved as bigint) as n_rows_moved
from {{ source('raw', 'ingest__sign_offs') }}
