select
    survey_id,
    round_id,
    source_column,
    question_id,
    part,
    ticked,
    not_ticked,
    list_separator,
    cast(source_line as integer) as source_line
from {{ source('raw', 'codebook__columns') }}
where source_column <> '{{ var('not_offered') }}'
