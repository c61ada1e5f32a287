-- For which municipalities each accepted response answers: the one where it stands, and those that members.csv names
-- for its respondent. What a joint authority answers is no municipality's own.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
)

select
    survey_id,
    round_id,
    response_id,
    submitted_at,
    municipality_code,
    true as is_at_home,
    not is_joint_authority as is_own
from responses
union all
select
    responses.survey_id,
    responses.round_id,
    responses.response_id,
    responses.submitted_at,
    members.municipality_code,
    false as is_at_home,
    false as is_own
from responses
inner join {{ ref('stg_codebook__members') }} as members
    on
        responses.survey_id = members.survey_id
        and responses.round_id = members.round_id
        and responses.municipality_value = members.respondent
        and responses.municipality_code <> members.municipality_code
