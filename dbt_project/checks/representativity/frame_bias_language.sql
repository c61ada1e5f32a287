{% macro frame_bias_language() %}
    select
        survey_id, round_id,
        {{ with_decimals('language_pct_responded', 1) }} || ' % against ' || {{ with_decimals('language_pct', 1) }}
        || ' % of inhabitants' as observed,
        '{{ var('monitor').frame_bias }} points' as threshold,
        case
            when abs(language_pct_responded - language_pct) > {{ var('monitor').frame_bias }} then 1
            when language_pct_responded is not null and language_pct is not null then 0
        end as n_failed
    from means
{% endmacro %}
