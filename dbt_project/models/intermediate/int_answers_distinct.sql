-- The different answers to a question, each once: what it says is decided here, however many gave it.
with cell_values as (
    select
        *,
        min(value_id) over (partition by survey_id, round_id) as first_id
    from {{ ref('int_values_corrected') }}
),

columns as (
    select
        *,
        count(*) over (partition by survey_id, round_id, question_id) as n_columns
    from {{ ref('stg_codebook__columns') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

combined as (
    select distinct
        survey_id,
        round_id,
        question_id,
        value_ids,
        source_column,
        is_coded,
        codes
    from {{ ref('int_answers_combined') }}
),

answers as (
    select
        cell_values.survey_id,
        cell_values.round_id,
        columns.question_id,
        cell_values.value_id,
        {{ empty_list('bigint') }} as value_ids,
        '' as source_column,
        false as is_coded,
        {{ empty_list('string') }} as codes
    from cell_values
    inner join columns
        on
            cell_values.survey_id = columns.survey_id
            and cell_values.round_id = columns.round_id
            and cell_values.source_column = columns.source_column
            and columns.n_columns = 1
    inner join questions
        on columns.survey_id = questions.survey_id and columns.question_id = questions.question_id
    union all
    select
        survey_id,
        round_id,
        question_id,
        cast(null as bigint) as value_id,
        value_ids,
        source_column,
        is_coded,
        codes
    from combined
),

rounds as (
    select distinct
        survey_id,
        round_id,
        first_id
    from cell_values
)

select
    rounds.first_id + row_number() over (
        partition by answers.survey_id, answers.round_id
        order by
            answers.question_id, answers.value_id nulls last, answers.value_ids, answers.source_column,
            answers.is_coded, answers.codes
    ) as answer_id,
    dense_rank() over (order by answers.survey_id, answers.round_id, answers.question_id) as question_number,
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.value_id,
    answers.value_ids,
    answers.source_column,
    answers.is_coded,
    answers.codes
from answers
inner join rounds on answers.survey_id = rounds.survey_id and answers.round_id = rounds.round_id
