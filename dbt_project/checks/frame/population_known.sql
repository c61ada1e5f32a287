{% macro population_known() %}
    select
        survey_id, round_id,
        count(population) || ' of ' || count(*) as observed,
        'all' as threshold,
        count(*) - count(population) as n_failed
    from frame
    group by survey_id, round_id
{% endmacro %}
