select
    survey_id,
    section_id,
    question_id,
    titles,
    cast(sort_order as integer) as section_order
from {{ source('raw', 'codebook__sections') }}
