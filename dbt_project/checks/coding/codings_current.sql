{% macro codings_current() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, coded_question_id as part_id,
            sum(coded.is_stale) || ' of ' || count(coded.is_stale) as observed,
            '0' as threshold,
            sum(coded.is_stale) as n_failed
        from coded
        inner join rounds using (survey_id, round_id)
        where coded.is_stale is not null
        group by survey_id, round_id, coded_question_id
    {% endcall %}
{% endmacro %}
