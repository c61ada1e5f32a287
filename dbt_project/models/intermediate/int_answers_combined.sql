-- Answers that no cell gives alone: to questions that several columns are read for, by the cells that they have, and
-- what persons coded texts as, by the codes. A text in which a person found no code is coded; a blank one never is.
with cell_values as (
    select * from {{ ref('int_values_corrected') }}
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

identified as (
    select * from {{ ref('int_rows_identified') }}
    where row_status = 'read'
),

codings as (
    select * from {{ ref('stg_codebook__codings') }}
),

coded_questions as (
    select distinct
        survey_id,
        round_id,
        question_id,
        coded_question_id
    from codings
),

coded_texts as (
    select distinct
        survey_id,
        round_id,
        question_id
    from codings
),

coded_responses as (
    select distinct
        survey_id,
        round_id,
        coded_question_id,
        response_id
    from codings
),

several as (
    select distinct
        cell_values.value_id,
        columns.survey_id,
        columns.round_id,
        columns.question_id
    from columns
    inner join questions
        on columns.survey_id = questions.survey_id and columns.question_id = questions.question_id
    inner join cell_values
        on
            columns.survey_id = cell_values.survey_id
            and columns.round_id = cell_values.round_id
            and columns.source_column = cell_values.source_column
    where columns.n_columns > 1
),

texts as (
    select
        identified.row_key,
        identified.survey_id,
        identified.round_id,
        identified.response_id,
        columns.question_id,
        columns.source_column,
        cell_values.cell_value <> '' as is_filled
    from columns
    inner join coded_texts
        on
            columns.survey_id = coded_texts.survey_id
            and columns.round_id = coded_texts.round_id
            and columns.question_id = coded_texts.question_id
    inner join cell_values
        on
            columns.survey_id = cell_values.survey_id
            and columns.round_id = cell_values.round_id
            and columns.source_column = cell_values.source_column
    inner join {{ ref('int_cells_corrected') }} as cells on cell_values.value_id = cells.value_id
    inner join identified on cells.row_key = identified.row_key
    qualify row_number() over (
        partition by cells.row_key, columns.question_id
        order by case when cell_values.cell_value = '' then 1 else 0 end, columns.source_line
    ) = 1
)

select
    cells.row_key,
    several.survey_id,
    several.round_id,
    several.question_id,
    {{ sorted_list('cells.value_id') }} as value_ids,
    '' as source_column,
    false as is_coded,
    {{ empty_list('string') }} as codes
from {{ ref('int_cells_corrected') }} as cells
inner join several on cells.value_id = several.value_id
inner join identified on cells.row_key = identified.row_key
group by cells.row_key, several.survey_id, several.round_id, several.question_id
union all
select
    texts.row_key,
    texts.survey_id,
    texts.round_id,
    coded_questions.coded_question_id as question_id,
    {{ empty_list('bigint') }} as value_ids,
    texts.source_column || ' (coded)' as source_column,
    coded_responses.response_id is not null as is_coded,
    coalesce({{ sorted_list('codings.code') }}, {{ empty_list('string') }}) as codes
from texts
inner join coded_questions
    on
        texts.survey_id = coded_questions.survey_id
        and texts.round_id = coded_questions.round_id
        and texts.question_id = coded_questions.question_id
left join coded_responses
    on
        texts.survey_id = coded_responses.survey_id
        and texts.round_id = coded_responses.round_id
        and texts.response_id = coded_responses.response_id
        and coded_questions.coded_question_id = coded_responses.coded_question_id
        and texts.is_filled
left join codings
    on
        texts.survey_id = codings.survey_id
        and texts.round_id = codings.round_id
        and texts.response_id = codings.response_id
        and texts.question_id = codings.question_id
        and coded_questions.coded_question_id = codings.coded_question_id
        and texts.is_filled
group by
    texts.row_key, texts.survey_id, texts.round_id, coded_questions.coded_question_id, texts.source_column,
    coded_responses.response_id
