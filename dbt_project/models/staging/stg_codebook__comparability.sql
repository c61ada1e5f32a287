select
    survey_id,
    question_id,
    round_id,
    coalesce(earlier_question_id, question_id) as earlier_question_id,
    comparability,
    reason
from {{ source('raw', 'codebook__comparability') }}
