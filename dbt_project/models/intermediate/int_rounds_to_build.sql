-- The rounds that this build makes; tables kept by round carry the others over. Ingest says which: those whose
-- files, codebook, registry or code differ from what they were made of.
with planned as (
    select * from {{ ref('stg_ingest__rounds_to_build') }}
)

select rounds.*
from {{ ref('stg_codebook__rounds') }} as rounds
inner join planned using (survey_id, round_id)
