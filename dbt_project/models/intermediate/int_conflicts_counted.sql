-- Municipalities whose responses give different answers to a question, in every row of every breakdown.
with answers as (
    select
        *,
        case
            when is_ticked is null then coalesce(code, cast(number_value as varchar), 'unmatched')
            else code
        end as answer
    from {{ ref('int_answers_by_unit') }}
    where unit = 'response' and question_type <> 'text' and {{ is_built_now() }}
),

municipalities as (
    select * from {{ ref('int_units_broken_down') }}
    where unit = 'municipality'
),

told as (
    select
        survey_id,
        round_id,
        question_id,
        municipality_code,
        unit_id,
        {{ list_in_order('answer') }} as answer
    from answers
    group by survey_id, round_id, question_id, municipality_code, unit_id
),

in_conflict as (
    select
        survey_id,
        round_id,
        question_id,
        municipality_code
    from told
    group by survey_id, round_id, question_id, municipality_code
    having count(distinct answer) > 1
)

select
    in_conflict.survey_id,
    in_conflict.round_id,
    in_conflict.question_id,
    municipalities.breakdown,
    municipalities.breakdown_id,
    count(*) as n_conflicts
from in_conflict
inner join municipalities
    on
        in_conflict.survey_id = municipalities.survey_id
        and in_conflict.round_id = municipalities.round_id
        and in_conflict.municipality_code = municipalities.unit_id
group by
    in_conflict.survey_id, in_conflict.round_id, in_conflict.question_id, municipalities.breakdown,
    municipalities.breakdown_id
