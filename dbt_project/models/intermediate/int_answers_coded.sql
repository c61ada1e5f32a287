-- What each answer says in the codebook's terms: a code, a number, a date or a tick; nothing is judged yet.
with answers as (
    select * from {{ ref('int_answers_read') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

spellings as (
    select * from {{ ref('int_values_accepted') }}
),

aliases as (
    select * from {{ ref('stg_systems__aliases') }}
),

ticks as (
    select * from {{ ref('int_options_ticked') }}
),

single as (
    select
        answers.answer_id,
        answers.survey_id,
        answers.round_id,
        answers.question_id,
        '' as part,
        answers.source_column,
        answers.raw_value as judged_value,
        answers.raw_value,
        case
            when questions.question_type = 'system' then coalesce(spellings.code, aliases.system_id)
            else spellings.code
        end as code,
        case
            when spellings.code is null then {{ text_to_number('answers.raw_value', 'rounds.decimal_sign') }}
        end as number_value,
        {{ text_to_date('answers.raw_value', 'rounds.date_format') }} as date_value,
        cast(null as boolean) as is_ticked,
        cast(null as boolean) as is_coded
    from answers
    inner join questions
        on
            answers.survey_id = questions.survey_id
            and answers.question_id = questions.question_id
            and questions.question_type <> 'select_multiple'
    inner join rounds
        on answers.survey_id = rounds.survey_id and answers.round_id = rounds.round_id
    left join spellings
        on
            answers.survey_id = spellings.survey_id
            and answers.round_id = spellings.round_id
            and coalesce(questions.list_name, questions.question_id) = spellings.list_name
            and spellings.source_value = case
                when questions.question_type in ('integer', 'decimal')
                    then {{ without_zero_decimals('answers.raw_value') }}
                else answers.raw_value
            end
    left join aliases
        on questions.question_type = 'system' and lower(answers.raw_value) = aliases.alias
)

select
    answer_id,
    survey_id,
    round_id,
    question_id,
    part,
    source_column,
    judged_value,
    raw_value,
    code,
    number_value,
    date_value,
    is_ticked,
    is_coded
from single
union all
select
    answer_id,
    survey_id,
    round_id,
    question_id,
    part,
    source_column,
    judged_value,
    raw_value,
    case when is_ticked then part end as code,
    cast(null as decimal(24, 6)) as number_value,
    cast(null as date) as date_value,
    is_ticked,
    is_coded
from ticks
