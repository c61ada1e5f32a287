-- The rounds that this build makes; tables kept by round carry the others over. Ingest says which: those whose
-- files, codebook, registry or code differ from what they were made of.
select rounds.*
from {{ ref('stg_codebook__rounds') }} as rounds
inner join {{ ref('stg_ingest__rounds_to_build') }} using (survey_id, round_id)
