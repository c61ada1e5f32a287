-- What the provider of a round says that each response weighs, in millionths: sums of whole numbers need no order. No
-- row of a round without weights.
select
    survey_id,
    round_id,
    response_id,
    cast(provider_weight * 1000000 as bigint) as millionths
from {{ ref('int_responses_disposed') }}
where disposition = 'accepted' and provider_weight > 0 and not is_weight_wrong
