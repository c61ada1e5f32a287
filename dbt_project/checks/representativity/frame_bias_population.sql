{% macro frame_bias_population() %}
    select
        survey_id, round_id,
        {{ with_decimals('population_responded', 0) }} || ' against ' || {{ with_decimals('population', 0) }} || ' inhabitants'
            as observed,
        '{{ var('monitor').frame_bias_population }}' as threshold,
        case
            when abs(population_responded / population - 1) > {{ var('monitor').frame_bias_population }} then 1
            when population_responded is not null then 0
        end as n_failed
    from means
{% endmacro %}
