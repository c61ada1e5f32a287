{% macro texts_coded() %}
    with coded_questions as (
        select distinct survey_id, round_id, question_id, coded_question_id
        from coded
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, coded_question_id as part_id,
            count(coded.response_id) || ' of ' || count(*) || ', '
            || {{ percent('cast(count(coded.response_id) as double) / count(*)') }} as observed,
            'each text' as threshold,
            count(*) - count(coded.response_id) as n_failed
        from {{ ref('int_answers_judged') }} as answers
        inner join coded_questions using (survey_id, round_id, question_id)
        left join coded using (survey_id, round_id, response_id, coded_question_id)
        where answers.answer_status = 'valid'
        group by survey_id, round_id, coded_question_id
    {% endcall %}
{% endmacro %}
