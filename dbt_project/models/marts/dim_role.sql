select
    survey_id,
    role_id,
    {{ key(['survey_id', "'role'", 'role_id']) }} as breakdown_key,
    {{ in_published_languages('labels', 'label') }},
    sort_order
from {{ ref('stg_codebook__roles') }}
