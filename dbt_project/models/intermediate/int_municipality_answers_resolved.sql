{{ config(materialized='incremental') }}
-- What a municipality answers, of all that its responses say, by the rule of the question. Content decides ties. What
-- a joint authority says is the answer of a member that gave none of its own; those that share a response are one
-- cluster.
with responses as (
    select
        disposed.*,
        row_number() over (
            partition by disposed.survey_id, disposed.round_id order by {{ latest_first('disposed') }}
        ) as latest_order
    from {{ ref('int_responses_disposed') }} as disposed
    where disposed.disposition = 'accepted'
),

-- Numbers in place of names: what stands once for each answer of each response is to be small.
answered_for as (
    select
        responses.row_key,
        responses.response_id,
        responses.role_order,
        responses.submitted_at,
        responses.latest_order,
        answered_for.municipality_code,
        answered_for.is_own,
        dense_rank() over (
            order by answered_for.survey_id, answered_for.round_id, answered_for.municipality_code
        ) as municipality_number
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
    from {{ ref('int_meanings_judged') }} as meanings
    inner join {{ ref('stg_codebook__questions') }} as questions
        on meanings.survey_id = questions.survey_id and meanings.question_id = questions.question_id
    where meanings.answer_status = 'valid'
),

candidates as (
    select
        given.question_number,
        competing.question_type,
        competing.municipality_rule,
        competing.competes_for,
        competing.choice_order,
        competing.is_ticked,
        answered_for.row_key,
        answered_for.role_order,
        answered_for.latest_order,
        answered_for.municipality_number,
        answered_for.is_own
    from {{ ref('int_meanings_given') }} as given
    inner join competing on given.meaning_id = competing.meaning_id
    inner join answered_for on given.row_key = answered_for.row_key
),

best as (
    select
        candidates.question_number,
        candidates.municipality_number,
        candidates.competes_for,
        candidates.is_own,
        {{ first_by(
            'candidates.row_key', preference('candidates', 'candidates.municipality_rule'), 'candidates.latest_order'
        ) }} as row_key
    from candidates
    group by candidates.question_number, candidates.municipality_number, candidates.competes_for, candidates.is_own
),

-- What others say counts where the municipality itself said nothing to the question.
chosen as (
    select
        *,
        max(case when is_own then 1 else 0 end) over (
            partition by question_number, municipality_number
        ) as has_own
    from best
)

select
    competing.survey_id,
    competing.round_id,
    'municipality' as unit,
    answered_for.municipality_code as unit_id,
    answered_for.municipality_code,
    answered_for.response_id as cluster_code,
    answered_for.response_id,
    competing.question_id,
    competing.part,
    competing.question_type,
    competing.code,
    competing.number_value,
    competing.is_ticked,
    competing.choice_order,
    answered_for.role_order,
    answered_for.submitted_at
from chosen
inner join answered_for
    on chosen.row_key = answered_for.row_key and chosen.municipality_number = answered_for.municipality_number
inner join {{ ref('int_meanings_given') }} as given
    on chosen.row_key = given.row_key and chosen.question_number = given.question_number
inner join competing
    on
        given.meaning_id = competing.meaning_id
        and coalesce(chosen.competes_for, competing.part) = competing.part
where chosen.is_own or chosen.has_own = 0
