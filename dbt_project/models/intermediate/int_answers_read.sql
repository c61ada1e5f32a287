-- One row per answer and part of its question that has a column there: of several, the first that is filled.
with answers as (
    select
        answer_id,
        question_id,
        value_id
    from {{ ref('int_answers_distinct') }}
    where value_id is not null
    union all
    select
        answer_id,
        question_id,
        {{ rows_of_list('value_ids') }} as value_id
    from {{ ref('int_answers_distinct') }}
),

cell_values as (
    select * from {{ ref('int_values_corrected') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

placed as (
    select
        answers.answer_id,
        cell_values.survey_id,
        cell_values.round_id,
        answers.question_id,
        coalesce(columns.part, '') as part,
        columns.ticked,
        columns.not_ticked,
        columns.list_separator,
        cell_values.source_column,
        cell_values.cell_value,
        row_number() over by_line as choice,
        min(nullif(cell_values.cell_value, '')) over answer as least_value,
        max(nullif(cell_values.cell_value, '')) over answer as greatest_value
    from answers
    inner join cell_values on answers.value_id = cell_values.value_id
    inner join columns
        on
            cell_values.survey_id = columns.survey_id
            and cell_values.round_id = columns.round_id
            and cell_values.source_column = columns.source_column
            and answers.question_id = columns.question_id
    window
        answer as (partition by answers.answer_id, columns.part),
        by_line as (
            partition by answers.answer_id, columns.part
            order by case when cell_values.cell_value = '' then 1 else 0 end, columns.source_line
        )
)

-- Two answers are none: together they are no code, number or date, and what is joined in a cell is not cut apart.
select
    answer_id,
    survey_id,
    round_id,
    question_id,
    part,
    ticked,
    not_ticked,
    case when least_value < greatest_value then null else list_separator end as list_separator,
    source_column,
    case
        when least_value < greatest_value then least_value || ' <> ' || greatest_value
        else cell_value
    end as raw_value,
    coalesce(least_value < greatest_value, false) as has_two_answers
from placed
where choice = 1
