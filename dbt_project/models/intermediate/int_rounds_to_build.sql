-- The rounds that this build makes; tables kept by round carry the others over. Ingest says which: those whose
-- files, codebook, registry or code differ from what they were made of.
with rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

planned as (
    select * from {{ ref('stg_ingest__rounds_to_build') }}
)

select rounds.*
from rounds
inner join planned
    on rounds.survey_id = planned.survey_id and rounds.round_id = planned.round_id
