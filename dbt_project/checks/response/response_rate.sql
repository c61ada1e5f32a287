{% macro response_rate() %}
    select
        survey_id, round_id,
        n_municipalities || ' of ' || n_frame as observed,
        '{{ var('monitor').response_rate }}' as threshold,
        case when response_rate < {{ var('monitor').response_rate }} then n_frame - n_municipalities else 0 end
            as n_failed
    from rates
    where breakdown = 'all'
{% endmacro %}
