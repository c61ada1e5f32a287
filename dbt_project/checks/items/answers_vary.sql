{% macro answers_vary() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            sum(case when n > 0 then 1 else 0 end) || ' options in ' || max(n_answered) || ' answers' as observed,
            'more than one option' as threshold,
            case when sum(case when n > 0 then 1 else 0 end) = 1 then 1 else 0 end as n_failed
        from closed
        where question_type = 'select_one' and n_answered >= {{ var('monitor').least_answers }}
        group by survey_id, round_id, question_id
    {% endcall %}
{% endmacro %}
