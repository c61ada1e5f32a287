select
    practice_id,
    theme_id,
    list_name,
    {{ in_published_languages('labels', 'title') }},
    organisations as who,
    {{ in_published_languages('who', 'who') }},
    {{ in_published_languages('rhythms', 'rhythm') }},
    area_level,
    area_code,
    evidence,
    document,
    place,
    sort_order as practice_order
from {{ ref('stg_practices__practices') }}
