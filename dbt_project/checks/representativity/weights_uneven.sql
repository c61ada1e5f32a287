{# weights_spread, design_effect: the post-stratification weight of a class, and what unequal weights cost (Kish). #}
{% macro weights_uneven(check, measure) %}
    with weights as (
        select
            survey_id, round_id,
            max(cast(n_frame as double) / n_municipalities) / min(cast(n_frame as double) / n_municipalities) as spread,
            sum(n_municipalities) * sum(power(n_frame, 2.0) / n_municipalities) / power(sum(n_frame), 2.0) as deff
        from propensities
        where breakdown = 'size_class' and n_municipalities > 0
        group by survey_id, round_id
    )

    select
        survey_id, round_id,
        {{ with_decimals('weights.' ~ measure, 2) }} as observed,
        '{{ var('monitor')[check] }}' as threshold,
        case
            when weights.{{ measure }} > {{ var('monitor')[check] }} then 1
            when weights.{{ measure }} is not null then 0
        end as n_failed
    from rounds
    left join weights using (survey_id, round_id)
{% endmacro %}
