{% macro wording_unchanged() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            comparability as observed,
            'same' as threshold,
            case when comparability = 'same' then 0 else 1 end as n_failed
        from pairs
    {% endcall %}
{% endmacro %}
