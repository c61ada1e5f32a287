select
    survey_id,
    size_class_id,
    {{ key(['survey_id', "'size_class'", 'size_class_id']) }} as breakdown_key,
    label_fi,
    label_sv,
    label_en,
    min_population,
    max_population,
    sort_order
from {{ ref('stg_codebook__size_classes') }}
