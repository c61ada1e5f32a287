{% macro size_class_as_reported() %}
    with reported as (
        select
            answers.survey_id, answers.round_id,
            answers.row_id,
            case when answers.code <> frame.size_class_id then 1 else 0 end as is_different
        from {{ ref('int_answers_judged') }} as answers
        inner join surveys
            on answers.survey_id = surveys.survey_id and answers.question_id = surveys.size_class_question
        inner join frame
            on
                answers.survey_id = frame.survey_id
                and answers.round_id = frame.round_id
                and answers.municipality_code = frame.municipality_code
        where answers.answer_status = 'valid'
    )

    select
        rounds.survey_id, rounds.round_id,
        count(reported.row_id) as observed,
        0 as threshold,
        case when max(asked.question_id) is not null then coalesce(sum(reported.is_different), 0) end as n_failed
    from rounds
    left join surveys on rounds.survey_id = surveys.survey_id
    left join {{ ref('int_questions_in_round') }} as asked
        on
            rounds.survey_id = asked.survey_id
            and rounds.round_id = asked.round_id
            and surveys.size_class_question = asked.question_id
            and asked.is_asked
    left join reported on rounds.survey_id = reported.survey_id and rounds.round_id = reported.round_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
