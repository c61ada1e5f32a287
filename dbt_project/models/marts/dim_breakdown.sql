select
    survey_id,
    breakdown,
    breakdown_id,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    {{ in_published_languages('labels', 'label') }},
    is_counted,
    cast(sort_order as integer) as sort_order
from {{ ref('int_breakdowns_labelled') }}
