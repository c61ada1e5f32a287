-- What the answers of each row mean: three numbers for each.
with given as (
    select * from {{ ref('int_answers_given') }}
),

meanings as (
    select * from {{ ref('int_meanings_distinct') }}
),

routed as (
    select * from {{ ref('int_answers_routed') }}
)

select
    given.row_key,
    meanings.question_number,
    meanings.meaning_id
from given
inner join meanings on given.answer_id = meanings.answer_id and not meanings.is_routed
union all
select
    routed.row_key,
    meanings.question_number,
    meanings.meaning_id
from routed
inner join meanings
    on
        routed.answer_id = meanings.answer_id
        and routed.is_relevant = meanings.is_relevant
        and routed.is_constraint_met = meanings.is_constraint_met
        and routed.relevant_columns = meanings.relevant_columns
        and meanings.is_routed
