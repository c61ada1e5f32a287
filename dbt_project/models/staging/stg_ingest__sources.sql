select
    source_file,
    kind,
    survey_id,
    round_id,
    sha256,
    card_sha256,
    producer,
    licence,
    cast(received_on as date) as received_on,
    cast(n_rows as bigint) as n_rows
from {{ source('raw', 'ingest__sources') }}
