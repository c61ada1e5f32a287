{# frame_bias_<breakdown> #}
{% macro frame_bias(breakdown) %}
    with biases as (
        select
            *,
            100 * n_municipalities / round_n_municipalities - 100 * n_frame / round_n_frame as bias
        from propensities
        where breakdown = '{{ breakdown }}'
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, breakdown as part, breakdown_id as part_id,
            {{ with_sign('bias', 1) }} || ' points' as observed,
            '{{ var('monitor').frame_bias }} points' as threshold,
            case when abs(bias) > {{ var('monitor').frame_bias }} then 1 else 0 end as n_failed
        from biases
    {% endcall %}
{% endmacro %}
