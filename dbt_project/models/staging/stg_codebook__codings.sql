select
    survey_id,
    round_id,
    response_id,
    question_id,
    coded_question_id,
    code
from {{ source('raw', 'codebook__codings') }}
