{% macro dont_know() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            sum(n) || ' of ' || max(n_answered) as observed,
            '{{ var('monitor').dont_know }}' as threshold,
            case when sum(n) > {{ var('monitor').dont_know }} * max(n_answered) then 1 else 0 end as n_failed
        from closed
        where code in ({{ quoted(var('monitor').dont_know_codes) }})
        group by survey_id, round_id, question_id
    {% endcall %}
{% endmacro %}
