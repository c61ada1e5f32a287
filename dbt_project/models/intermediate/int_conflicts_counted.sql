-- Municipalities whose responses give different answers to a question, in every row of every breakdown: some gave an
-- answer that others of them did not, or another number.
with answers as (
    select * from {{ ref('int_answers_clustered') }}
    where unit = 'response' and breakdown = 'all' and answer_level <> 'group'
),

numbers as (
    select * from {{ ref('int_numbers_grouped') }}
    where unit = 'response' and least < greatest and {{ is_built_now() }}
),

municipalities as (
    select * from {{ ref('int_units_broken_down') }}
    where unit = 'municipality'
),

in_conflict as (
    select distinct
        survey_id,
        round_id,
        question_id,
        municipality_code
    from answers
    where n < base_n
    union all
    select
        survey_id,
        round_id,
        question_id,
        municipality_code
    from numbers
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
