select
    survey_id,
    round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    interview_id,
    area_level,
    area_code
from {{ ref('stg_codebook__interview_areas') }}
