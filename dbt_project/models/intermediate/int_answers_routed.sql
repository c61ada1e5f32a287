-- Answers that a condition of the codebook bears on: whether the question applied in that row, whether its constraint
-- held, and which of its columns another question that applied is read from.
with met as (
    select * from {{ ref('int_conditions_met') }}
),

answers as (
    select
        answers.answer_id,
        answers.question_id
    from {{ ref('int_answers_distinct') }} as answers
    inner join (
        select distinct
            survey_id,
            question_id
        from {{ ref('stg_codebook__conditions') }}
        where purpose in ('relevant', 'constraint')
    ) as conditions
        on answers.survey_id = conditions.survey_id and answers.question_id = conditions.question_id
),

columns as (
    select distinct
        answer_id,
        survey_id,
        round_id,
        source_column
    from {{ ref('int_answers_coded') }}
),

applied as (
    select
        given.row_key,
        given.answer_id,
        coalesce(relevance.is_met, true) as is_relevant,
        coalesce(constraints.is_met, true) as is_constraint_met
    from {{ ref('int_answers_given') }} as given
    inner join answers on given.answer_id = answers.answer_id
    left join met as relevance
        on
            given.row_key = relevance.row_key
            and answers.question_id = relevance.question_id
            and relevance.purpose = 'relevant'
    left join met as constraints
        on
            given.row_key = constraints.row_key
            and answers.question_id = constraints.question_id
            and constraints.purpose = 'constraint'
),

beside as (
    select
        applied.row_key,
        applied.answer_id,
        {{ sorted_list('own.source_column') }} as relevant_columns
    from applied
    inner join columns as own on applied.answer_id = own.answer_id
    inner join columns as others
        on
            own.survey_id = others.survey_id
            and own.round_id = others.round_id
            and own.source_column = others.source_column
            and own.answer_id <> others.answer_id
    inner join {{ ref('int_answers_given') }} as given
        on applied.row_key = given.row_key and others.answer_id = given.answer_id
    left join applied as of_others
        on applied.row_key = of_others.row_key and others.answer_id = of_others.answer_id
    where not applied.is_relevant and coalesce(of_others.is_relevant, true)
    group by applied.row_key, applied.answer_id
)

select
    applied.row_key,
    applied.answer_id,
    applied.is_relevant,
    applied.is_constraint_met,
    coalesce(beside.relevant_columns, {{ empty_list('string') }}) as relevant_columns
from applied
left join beside on applied.row_key = beside.row_key and applied.answer_id = beside.answer_id
