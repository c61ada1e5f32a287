select
    survey_id,
    round_id,
    response_id,
    question_id,
    coded_question_id,
    coalesce(code, '') as code,
    source_file || ':' || source_line as place,
    text_hash <> delivered_hash as is_stale
from {{ source('raw', 'codebook__second_codings') }}
