{{ config(materialized='incremental') }}
with answers as (
    select * from {{ ref('int_answers_by_unit') }}
    where question_type in ('integer', 'decimal')
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where question_type in ('integer', 'decimal')
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
    inner join {{ ref('int_units_broken_down') }} as unit_breakdowns using (survey_id, round_id, unit, unit_id)
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
inner join {{ ref('stg_codebook__questions') }} as units using (survey_id, question_id)
inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
inner join {{ ref('int_breakdowns_in_round') }} as breakdowns
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
left join {{ ref('int_conflicts_counted') }} as conflicts
    on
        questions.survey_id = conflicts.survey_id
        and questions.round_id = conflicts.round_id
        and questions.question_id = conflicts.question_id
        and breakdowns.breakdown = conflicts.breakdown
        and breakdowns.breakdown_id = conflicts.breakdown_id
