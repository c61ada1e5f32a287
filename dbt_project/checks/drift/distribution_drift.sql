{# Holm's step-down over the questions of a round. #}
{% macro distribution_drift() %}
    with ranked as (
        select
            *,
            row_number() over (partition by survey_id, round_id order by distribution_p, question_id) as nth,
            count(*) over (partition by survey_id, round_id) as n_tests
        from drift
        where distribution_p is not null
    ),

    corrected as (
        select
            *,
            least(1, max((n_tests - nth + 1) * distribution_p) over (
                partition by survey_id, round_id order by nth
            )) as holm_p
        from ranked
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            test || ', p ' || {{ with_decimals('holm_p', 4) }} as observed,
            'p {{ var('monitor').drift_p }}' as threshold,
            case when holm_p < {{ var('monitor').drift_p }} then 1 else 0 end as n_failed
        from corrected
    {% endcall %}
{% endmacro %}
