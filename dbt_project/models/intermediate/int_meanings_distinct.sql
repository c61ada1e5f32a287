-- What an answer can mean: one thing where no condition of the codebook bears on it, else by how the conditions held.
with answers as (
    select
        *,
        max(answer_id) over (partition by survey_id, round_id) as last_id
    from {{ ref('int_answers_distinct') }}
),

routed as (
    select distinct
        answer_id,
        is_relevant,
        is_constraint_met,
        relevant_columns
    from {{ ref('int_answers_routed') }}
)

select
    case
        when routed.answer_id is null then answers.answer_id
        else answers.last_id + row_number() over (
            partition by answers.survey_id, answers.round_id
            order by answers.answer_id, routed.is_relevant, routed.is_constraint_met, routed.relevant_columns
        )
    end as meaning_id,
    answers.answer_id,
    answers.question_number,
    routed.answer_id is not null as is_routed,
    coalesce(routed.is_relevant, true) as is_relevant,
    coalesce(routed.is_constraint_met, true) as is_constraint_met,
    coalesce(routed.relevant_columns, {{ empty_list('string') }}) as relevant_columns
from answers
left join routed on answers.answer_id = routed.answer_id
