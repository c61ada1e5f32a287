{{ config(materialized='incremental') }}
-- Answers that do not count although something was answered, each with a sentence a person can act on.
with answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status in ({{ quoted(var('doubtful')) }})
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

two_answers as (
    select
        answer_id,
        part,
        case when part = '' then 'two_answers' else 'two_ticks' end as what
    from {{ ref('int_answers_read') }}
    where has_two_answers
)

select
    answers.row_id,
    answers.survey_id,
    answers.round_id,
    answers.response_id,
    answers.question_id,
    answers.part,
    answers.source_column,
    answers.raw_value,
    answers.answer_status,
    case coalesce(two_answers.what, answers.answer_status)
        when 'two_answers'
            then
                'expected one answer, and two columns of the question hold different ones'
                || '; correct the wrong one in corrections.csv, where old_value is what its cell holds'
        when 'two_ticks'
            then
                'expected one answer, and two columns of the option hold different ones'
                || '; write ignored in columns.csv for the one that does not count'
        when 'code_not_in_list'
            then
                case
                    when answers.judged_value = answers.part || ': ' || answers.raw_value
                        then 'expected what columns.csv says of a ticked or an unticked option; correct it there'
                    else
                        'expected a code or label of the list ' || coalesce(questions.list_name, '')
                        || '; add the spelling to recodes.csv, or correct the answer in corrections.csv'
                end
        when 'not_a_number'
            then
                case questions.question_type
                    when 'integer' then 'expected a whole number'
                    else 'expected a number with the decimal sign of round.yml'
                end
                || '; correct the answer in corrections.csv'
        when 'not_a_date'
            then
                'expected a date such as 2023-01-31 or in the date_format of round.yml (31.1.2023 without one)'
                || '; correct the answer in corrections.csv'
        when 'out_of_range'
            then
                'expected a number from '
                || coalesce({{ plain_number('questions.min_value') }}, 'any') || ' to '
                || coalesce({{ plain_number('questions.max_value') }}, 'any number of 15 digits')
                || '; ask the respondent, or widen the bounds in questions.csv'
        when 'constraint_failed'
            then
                case questions.question_type
                    when 'select_multiple'
                        then 'expected an option that excludes the others to stand alone, and the constraint to hold'
                    else 'expected the constraint of questions.csv to hold'
                end
                || '; ask the respondent'
        when 'answered_but_not_applicable'
            then 'expected no answer, since the question did not apply; check relevant in questions.csv'
    end as advice
from answers
inner join questions
    on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
left join two_answers
    on
        answers.answer_id = two_answers.answer_id
        and answers.part = two_answers.part
