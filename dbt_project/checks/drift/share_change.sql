{% macro share_change() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            'p ' || {{ with_decimals('share_p', 4) }} || ', largest change ' || {{ with_decimals('largest_change', 1) }}
            || ' points' as observed,
            'p {{ var('monitor').drift_p }}' as threshold,
            case when share_p < {{ var('monitor').drift_p }} then 1 else 0 end as n_failed
        from drift
    {% endcall %}
{% endmacro %}
