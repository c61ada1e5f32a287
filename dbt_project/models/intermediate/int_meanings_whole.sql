-- What an answer means of its question as a whole. Of several options it is valid when any of them counts, else in
-- doubt, else missing; where the question did not apply there is nothing to reply to.
with meanings as (
    select
        *,
        case
            when answer_status = 'valid' then 1
            when answer_status in ({{ quoted(var('doubtful')) }}) then 2
            when answer_status = 'declared_missing' then 3
            else 4
        end as status_order,
        answer_status not in ('not_asked', 'not_applicable') as is_part_applicable
    from {{ ref('int_meanings_judged') }}
),

replied as (
    select
        meaning_id,
        {{ any_true("is_part_applicable") }} as is_applicable,
        {{ any_true("is_part_applicable and answer_status <> 'blank'") }} = false as is_blank,
        {{ any_true("is_part_applicable and answer_status not in ('blank', 'declared_missing')") }} as has_answer
    from meanings
    group by meaning_id
),

ordered as (
    select * from meanings
    qualify row_number() over (partition by meaning_id order by status_order, answer_status) = 1
)

select
    ordered.meaning_id,
    ordered.survey_id,
    ordered.round_id,
    ordered.question_id,
    ordered.question_type,
    ordered.answer_status,
    replied.is_applicable,
    replied.is_blank,
    replied.has_answer
from ordered
inner join replied on ordered.meaning_id = replied.meaning_id
