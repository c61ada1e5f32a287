select
    survey_id,
    round_id,
    source_column,
    question_id,
    part,
    ticked,
    not_ticked,
    list_separator
from {{ source('raw', 'codebook__columns') }}
