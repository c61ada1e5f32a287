select
    survey_id,
    question_id,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__breakdowns') }}
