-- Texts in which a respondent gave personal data: e-mail addresses, phone numbers, identity codes, IBANs. Private; the
-- text itself is not copied. Each kind has a digit or an @ in it.
select
    answers.row_id,
    answers.survey_id,
    answers.round_id,
    answers.response_id,
    answers.question_id,
    answers.source_column,
    {{ rows_of_list('kinds_of_personal_data(answers.raw_value, surveys.allowed_contacts)') }} as kind
from {{ ref('int_answers_judged') }} as answers
inner join {{ ref('stg_codebook__surveys') }} as surveys on answers.survey_id = surveys.survey_id
where
    answers.question_type = 'text'
    and answers.answer_status = 'valid'
    and {{ has_in_it('answers.raw_value', '[0-9@]') }}
