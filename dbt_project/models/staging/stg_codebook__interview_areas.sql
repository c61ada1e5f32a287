select
    survey_id,
    round_id,
    interview_id,
    area_level,
    area_code
from {{ source('raw', 'codebook__interview_areas') }}
