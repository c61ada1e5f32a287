-- select_multiple in either shape of export: one row per option offered, and one per text that is no option.
with answers as (
    select * from {{ ref('int_answers_read') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
    where question_type = 'select_multiple'
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

spellings as (
    select * from {{ ref('int_values_accepted') }}
),

multiple as (
    select
        answers.*,
        questions.list_name,
        coalesce(answers.ticked = '*' and answers.raw_value not in ('', coalesce(answers.not_ticked, '')), false)
            as is_any_text
    from answers
    inner join questions
        on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
),

separate as (
    select
        answer_id,
        survey_id,
        round_id,
        question_id,
        part,
        -- What was written there may be the answer to another question too: the two do not compete for the column.
        source_column || case when coalesce(ticked, '') = '*' then ' (ticked)' else '' end as source_column,
        case
            when raw_value = '' then ''
            when is_any_text then part || ': ' || ticked
            else part || ': ' || raw_value
        end as judged_value,
        raw_value,
        case
            when is_any_text or raw_value = coalesce(ticked, '') then true
            when raw_value in ('', coalesce(not_ticked, '')) then false
        end as is_ticked,
        cast(null as boolean) as is_coded
    from multiple
    where list_separator is null
),

tokens as (
    select
        answer_id,
        survey_id,
        round_id,
        question_id,
        source_column,
        list_name,
        raw_value,
        {{ split_to_rows('raw_value', 'list_separator') }} as token
    from multiple
    where list_separator is not null
),

coded as (
    select
        tokens.answer_id,
        tokens.survey_id,
        tokens.round_id,
        tokens.question_id,
        tokens.source_column,
        tokens.token,
        spellings.code
    from tokens
    left join spellings
        on
            tokens.survey_id = spellings.survey_id
            and tokens.round_id = spellings.round_id
            and tokens.list_name = spellings.list_name
            and tokens.token = spellings.source_value
    where tokens.token <> ''
),

joined as (
    select
        multiple.answer_id,
        multiple.survey_id,
        multiple.round_id,
        multiple.question_id,
        choices.code as part,
        multiple.source_column,
        choices.code as judged_value,
        multiple.raw_value,
        coalesce({{ any_true('coded.code = choices.code') }}, false) as is_ticked,
        cast(null as boolean) as is_coded
    from multiple
    inner join choices
        on multiple.survey_id = choices.survey_id and multiple.list_name = choices.list_name
    left join coded
        on multiple.answer_id = coded.answer_id and multiple.question_id = coded.question_id
    where multiple.list_separator is not null
    group by
        multiple.answer_id, multiple.survey_id, multiple.round_id, multiple.question_id, choices.code,
        multiple.source_column, multiple.raw_value
),

unlisted as (
    select distinct
        answer_id,
        survey_id,
        round_id,
        question_id,
        token as part,
        source_column,
        token as judged_value,
        token as raw_value,
        cast(null as boolean) as is_ticked,
        cast(null as boolean) as is_coded
    from coded
    where code is null
)

select * from separate
union all
select * from joined
union all
select * from unlisted
union all
select * from {{ ref('int_texts_coded') }}
