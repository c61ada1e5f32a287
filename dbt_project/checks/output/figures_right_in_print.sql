{% macro figures_right_in_print() %}
    select
        survey_id, round_id,
        sum(case when figures.status = 'known_discrepancy' then 1 else 0 end) as observed,
        0 as threshold,
        sum(case when figures.status = 'known_discrepancy' then 1 else 0 end) as n_failed
    from rounds
    left join figures using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
