{# no_empty_<breakdown> #}
{% macro no_empty(breakdown) %}
    with {% call whole_of() %}
        select
            survey_id, round_id, breakdown as part, breakdown_id as part_id,
            n_municipalities || ' of ' || n_frame as observed,
            'at least one' as threshold,
            case when n_municipalities = 0 then 1 else 0 end as n_failed
        from rates
        where breakdown = '{{ breakdown }}' and n_frame > 0
    {% endcall %}
{% endmacro %}
