select
    theme_id,
    theme_kind,
    list_name,
    {{ in_published_languages('labels', 'label') }},
    sort_order as theme_order
from {{ ref('stg_practices__themes') }}
