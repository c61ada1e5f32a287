select
    survey_id,
    round_id,
    question_id,
    part
from {{ source('raw', 'codebook__columns') }}
where source_column = '{{ var('not_offered') }}'
