select
    survey_id,
    question_id,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    question_type,
    list_name,
    unit_of_measure,
    other_of,
    group_id,
    municipality_rule,
    disclosure,
    {{ in_published_languages('labels', 'label') }},
    note,
    sort_order,
    is_ordered
from {{ ref('stg_codebook__questions') }}
