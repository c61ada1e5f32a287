{{ config(materialized='incremental') }}
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type in ('integer', 'decimal') and {{ is_built_now() }}
),

unit_breakdowns as (
    select * from {{ ref('int_units_broken_down') }}
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where question_type in ('integer', 'decimal')
),

units as (
    select * from {{ ref('stg_codebook__questions') }}
),

breakdowns as (
    select * from {{ ref('int_breakdowns_in_round') }}
),

conflicts as (
    select * from {{ ref('int_conflicts_counted') }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

summed as (
    select
        answers.survey_id,
        answers.round_id,
        answers.question_id,
        answers.unit,
        unit_breakdowns.breakdown,
        unit_breakdowns.breakdown_id,
        count(*) as n,
        sum(answers.number_value) as total,
        min(answers.number_value) as min,
        max(answers.number_value) as max,
        {{ standard_deviation('answers.number_value') }} as sd,
        {{ quantile('answers.number_value', '0.25') }} as quartile_1,
        {{ quantile('answers.number_value', '0.5') }} as median,
        {{ quantile('answers.number_value', '0.75') }} as quartile_3
    from answers
    inner join unit_breakdowns
        on
            answers.survey_id = unit_breakdowns.survey_id
            and answers.round_id = unit_breakdowns.round_id
            and answers.unit = unit_breakdowns.unit
            and answers.unit_id = unit_breakdowns.unit_id
    group by
        answers.survey_id, answers.round_id, answers.question_id, answers.unit, unit_breakdowns.breakdown,
        unit_breakdowns.breakdown_id
)

select
    questions.survey_id,
    questions.round_id,
    questions.question_id,
    units_of_analysis.unit,
    breakdowns.breakdown,
    breakdowns.breakdown_id,
    {{ key(['questions.survey_id', 'questions.round_id']) }} as round_key,
    {{ key(['questions.survey_id', 'questions.question_id']) }} as question_key,
    {{ key(['questions.survey_id', 'breakdowns.breakdown', 'breakdowns.breakdown_id']) }} as breakdown_key,
    units.unit_of_measure,
    questions.is_synthetic,
    case when questions.is_asked then coalesce(summed.n, 0) end as n,
    case
        when questions.is_asked and units_of_analysis.unit = 'municipality' then coalesce(conflicts.n_conflicts, 0)
    end as n_conflicts,
    cast(summed.total as double) / summed.n as mean,
    summed.median,
    summed.quartile_1,
    summed.quartile_3,
    cast(summed.min as double) as min,
    cast(summed.max as double) as max,
    summed.sd,
    cast(summed.total as double) as total,
    coalesce(summed.n >= surveys.small_base, false) as is_reliable,
    case
        when not questions.is_asked then 'not_asked'
        when summed.n is null then 'zero'
        else 'shown'
    end as cell_status
from questions
cross join (values ('response'), ('municipality')) as units_of_analysis (unit)
inner join units
    on questions.survey_id = units.survey_id and questions.question_id = units.question_id
inner join surveys on questions.survey_id = surveys.survey_id
inner join breakdowns
    on
        questions.survey_id = breakdowns.survey_id
        and questions.round_id = breakdowns.round_id
        and (units_of_analysis.unit = 'response' or breakdowns.has_municipalities)
left join summed
    on
        questions.survey_id = summed.survey_id
        and questions.round_id = summed.round_id
        and questions.question_id = summed.question_id
        and units_of_analysis.unit = summed.unit
        and breakdowns.breakdown = summed.breakdown
        and breakdowns.breakdown_id = summed.breakdown_id
left join conflicts
    on
        questions.survey_id = conflicts.survey_id
        and questions.round_id = conflicts.round_id
        and questions.question_id = conflicts.question_id
        and breakdowns.breakdown = conflicts.breakdown
        and breakdowns.breakdown_id = conflicts.breakdown_id
