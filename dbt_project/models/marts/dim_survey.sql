select
    survey_id,
    {{ in_published_languages('title', 'title') }},
    {{ in_published_languages('publisher', 'publisher') }},
    {{ in_published_languages('population', 'population') }},
    {{ in_published_languages('funder', 'funder') }},
    {{ in_published_languages('carried_out_by', 'carried_out_by') }},
    {{ in_published_languages('sent_to', 'sent_to') }},
    licence
from {{ ref('stg_codebook__surveys') }}
