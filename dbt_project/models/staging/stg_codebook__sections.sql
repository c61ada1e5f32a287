select
    survey_id,
    id as section_id,
    question_id,
    title as titles,
    cast(sort_order as integer) as section_order
from {{ source('raw', 'codebook__sections') }}
