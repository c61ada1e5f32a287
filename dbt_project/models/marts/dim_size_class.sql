select
    survey_id,
    size_class_id,
    {{ key(['survey_id', "'size_class'", 'size_class_id']) }} as breakdown_key,
    {{ in_published_languages('labels', 'label') }},
    min_population,
    max_population,
    sort_order
from {{ ref('stg_codebook__size_classes') }}
