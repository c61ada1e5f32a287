select
    survey_id,
    {{ in_published_languages('titles', 'title') }},
    {{ in_published_languages('publishers', 'publisher') }},
    {{ in_published_languages('populations', 'population') }},
    {{ in_published_languages('funders', 'funder') }},
    {{ in_published_languages('carried_out_by', 'carried_out_by') }},
    {{ in_published_languages('sent_to', 'sent_to') }},
    licence
from {{ ref('stg_codebook__surveys') }}
