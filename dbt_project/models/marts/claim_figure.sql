select
    survey_id,
    round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    claim_id,
    figure_id,
    figure_order
from {{ ref('stg_codebook__claim_figures') }}
