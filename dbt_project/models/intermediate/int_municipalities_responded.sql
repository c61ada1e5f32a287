-- A municipality has responded when somebody answered for it. A response is counted where it stands: a member of a
-- joint authority may have none.
select
    survey_id,
    round_id,
    municipality_code,
    cast(sum(case when is_at_home then 1 else 0 end) as bigint) as n_responses
from {{ ref('int_municipalities_answered_for') }}
group by survey_id, round_id, municipality_code
