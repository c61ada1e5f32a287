select
    survey_id,
    round_id,
    claim_id,
    figure_id,
    cast(figure_order as integer) as figure_order
from {{ source('raw', 'codebook__claim_figures') }}
