{% macro item_nonresponse() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            n_blank || ' of ' || n_applicable as observed,
            '{{ var('monitor').item_nonresponse }}' as threshold,
            case when n_blank > {{ var('monitor').item_nonresponse }} * n_applicable then 1 else 0 end as n_failed
        from replied_to
        where not is_voluntary
    {% endcall %}
{% endmacro %}
