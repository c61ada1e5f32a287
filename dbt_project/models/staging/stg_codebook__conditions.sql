select
    survey_id,
    round_id,
    question_id,
    purpose,
    expression,
    predicate_sql
from {{ source('raw', 'codebook__conditions') }}
