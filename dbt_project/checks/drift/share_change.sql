{% macro share_change() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            'p ' || printf('%.4f', share_p) || ', largest change ' || printf('%.1f', largest_change) || ' points'
                as observed,
            'p {{ var('monitor').drift_p }}' as threshold,
            case when share_p < {{ var('monitor').drift_p }} then 1 else 0 end as n_failed
        from drift
    {% endcall %}
{% endmacro %}
