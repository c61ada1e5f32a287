select
    survey_id,
    round_id,
    figure_id,
    cast(computed_value as decimal(18, 3)) as computed_value
from {{ source('raw', 'release__figures') }}
