{% macro partial_r() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, breakdown as part, breakdown_id as part_id,
            {{ with_sign('partial_r', 3) }} as observed,
            '{{ var('monitor').partial_r }}' as threshold,
            case when abs(partial_r) > {{ var('monitor').partial_r }} then 1 else 0 end as n_failed
        from propensities
        where breakdown in ('size_class', 'county')
    {% endcall %}
{% endmacro %}
