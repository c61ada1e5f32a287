with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
)

select
    survey_id,
    round_id,
    municipality_code,
    count(*) as n_responses
from responses
group by survey_id, round_id, municipality_code
