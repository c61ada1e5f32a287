-- Every key of survey.yml under its own name, but those that say too little without the key that they are within.
select
    {{ all_but('surveys', [
        'quarantined_share', 'agreement', 'applies_to', 'source_file', 'source_sha256', 'source_line',
        'min_municipalities', 'min_responses', 'small_base', 'half_width'
    ]) }},
    cast(min_municipalities as integer) as min_municipalities,
    cast(min_responses as integer) as min_responses,
    cast(small_base as integer) as small_base,
    cast(half_width as double) as half_width,
    applies_to as disclosure_applies_to,
    cast(quarantined_share as double) as quarantined_share_limit,
    cast(agreement as double) as least_agreement
from {{ source('raw', 'codebook__surveys') }} as surveys
