{# r_indicator, response_cv, maximal_bias: what response propensities say. The model by size class is the check
   itself. #}
{% macro propensity(measure, sign, decimals) %}
    select
        survey_id, round_id,
        case when coalesce(model, 'size_class') = 'size_class' then 'all' else 'model' end as part,
        case when coalesce(model, 'size_class') = 'size_class' then 'all' else model end as part_id,
        {{ with_decimals(measure, decimals) }} as observed,
        '{{ var('monitor')[measure] }}' as threshold,
        case
            when {{ measure }} {{ sign }} {{ var('monitor')[measure] }} then 1
            when {{ measure }} is not null then 0
        end as n_failed
    from measured
{% endmacro %}
