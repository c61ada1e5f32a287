select
    survey_id,
    round_id,
    figure_id,
    document,
    statistic,
    question_id,
    level as answer_level,
    answer as answer_code,
    unit,
    breakdown,
    breakdown_id,
    rounding,
    figure_status,
    known_discrepancy,
    note,
    cast(value as decimal(18, 3)) as published_value,
    cast(base_n as bigint) as published_base_n
from {{ source('raw', 'codebook__published_figures') }}
