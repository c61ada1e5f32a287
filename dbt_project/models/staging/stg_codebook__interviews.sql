select
    survey_id,
    round_id,
    interview_id,
    organisation,
    chosen,
    topics,
    note,
    cast(n_people as integer) as n_people,
    cast(began_on as date) as began_on,
    cast(ended_on as date) as ended_on,
    cast(sort_order as integer) as sort_order
from {{ source('raw', 'codebook__interviews') }}
