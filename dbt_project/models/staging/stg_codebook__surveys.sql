select
    survey_id,
    titles,
    publishers,
    populations,
    all_labels,
    licence,
    municipality_rule,
    none_ticked,
    size_class_question_id,
    allowed_contacts,
    disclosure_applies_to,
    cast(min_municipalities as integer) as min_municipalities,
    cast(min_responses as integer) as min_responses,
    cast(quarantined_share_limit as double) as quarantined_share_limit,
    cast(small_base as integer) as small_base,
    cast(half_width as double) as half_width
from {{ source('raw', 'codebook__surveys') }}
