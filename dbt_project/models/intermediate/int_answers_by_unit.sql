{{ config(materialized='incremental') }}
-- Valid answers once per response, and once per municipality by the question's rule. Content decides ties. What a joint
-- authority says is the answer of a member that gave none of its own; those that share a response are one cluster.
with meanings as (
    select * from {{ ref('int_meanings_judged') }}
    where answer_status = 'valid'
),

given as (
    select * from {{ ref('int_meanings_given') }}
),

responses as (
    select
        disposed.*,
        row_number() over (
            partition by disposed.survey_id, disposed.round_id order by {{ latest_first('disposed') }}
        ) as latest_order
    from {{ ref('int_responses_disposed') }} as disposed
    where disposed.disposition = 'accepted'
),

answered_for as (
    select
        responses.row_key,
        responses.role_order,
        responses.latest_order,
        answered_for.municipality_code,
        answered_for.is_own
    from {{ ref('int_municipalities_answered_for') }} as answered_for
    inner join responses
        on
            answered_for.survey_id = responses.survey_id
            and answered_for.round_id = responses.round_id
            and answered_for.response_id = responses.response_id
),

competing as (
    select
        meanings.*,
        questions.municipality_rule,
        {{ competes_for('meanings', 'questions.municipality_rule') }} as competes_for
    from meanings
    inner join {{ ref('stg_codebook__questions') }} as questions
        on meanings.survey_id = questions.survey_id and meanings.question_id = questions.question_id
),

candidates as (
    select
        competing.survey_id,
        competing.round_id,
        competing.question_id,
        competing.question_type,
        competing.municipality_rule,
        competing.competes_for,
        competing.choice_order,
        competing.is_ticked,
        answered_for.*
    from given
    inner join competing on given.meaning_id = competing.meaning_id
    inner join answered_for on given.row_key = answered_for.row_key
),

-- Of municipalities for which others answer too: what they answered themselves.
answered_own as (
    select distinct
        competing.survey_id,
        competing.round_id,
        competing.question_id,
        own.municipality_code
    from answered_for as own
    inner join answered_for as joint on own.municipality_code = joint.municipality_code and not joint.is_own
    inner join given on own.row_key = given.row_key
    inner join competing on given.meaning_id = competing.meaning_id
    where own.is_own
),

chosen as (
    select
        candidates.survey_id,
        candidates.round_id,
        candidates.question_id,
        candidates.municipality_code,
        candidates.competes_for,
        {{ first_by(
            'candidates.row_key', preference('candidates', 'candidates.municipality_rule'), 'candidates.latest_order'
        ) }} as row_key
    from candidates
    left join answered_own
        on
            candidates.survey_id = answered_own.survey_id
            and candidates.round_id = answered_own.round_id
            and candidates.question_id = answered_own.question_id
            and candidates.municipality_code = answered_own.municipality_code
    where candidates.is_own or answered_own.municipality_code is null
    group by
        candidates.survey_id, candidates.round_id, candidates.question_id, candidates.municipality_code,
        candidates.competes_for
)

select
    meanings.survey_id,
    meanings.round_id,
    'response' as unit,
    responses.response_id as unit_id,
    responses.municipality_code,
    responses.municipality_code as cluster_code,
    responses.response_id,
    meanings.question_id,
    meanings.part,
    meanings.question_type,
    meanings.code,
    meanings.number_value,
    meanings.is_ticked,
    meanings.choice_order,
    responses.role_order,
    responses.submitted_at
from given
inner join meanings on given.meaning_id = meanings.meaning_id
inner join responses on given.row_key = responses.row_key
union all
select
    competing.survey_id,
    competing.round_id,
    'municipality' as unit,
    chosen.municipality_code as unit_id,
    chosen.municipality_code,
    responses.response_id as cluster_code,
    responses.response_id,
    competing.question_id,
    competing.part,
    competing.question_type,
    competing.code,
    competing.number_value,
    competing.is_ticked,
    competing.choice_order,
    responses.role_order,
    responses.submitted_at
from chosen
inner join responses on chosen.row_key = responses.row_key
inner join given on chosen.row_key = given.row_key
inner join competing
    on
        given.meaning_id = competing.meaning_id
        and chosen.survey_id = competing.survey_id
        and chosen.question_id = competing.question_id
        and coalesce(chosen.competes_for, competing.part) = competing.part
