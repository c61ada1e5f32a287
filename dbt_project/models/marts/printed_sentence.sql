select
    survey_id,
    round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    claim_id,
    claim_order,
    document,
    place,
    language,
    sentence,
    is_shortened,
    {{ in_published_languages('not_computable', 'not_computable') }}
from {{ ref('stg_codebook__claims') }}
