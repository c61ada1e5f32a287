select
    survey_id,
    {{ in_published_languages('titles', 'title') }},
    {{ in_published_languages('publishers', 'publisher') }},
    {{ in_published_languages('populations', 'population') }},
    licence
from {{ ref('stg_codebook__surveys') }}
