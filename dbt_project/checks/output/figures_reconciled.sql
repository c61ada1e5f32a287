{% macro figures_reconciled() %}
    select
        survey_id, round_id,
        sum(case when figures.status = 'match' then 1 else 0 end) || ' of ' || count(figures.figure_id) || ' match'
            as observed,
        'no mismatch' as threshold,
        sum(case when figures.status in ('mismatch', 'not_computable') then 1 else 0 end) as n_failed
    from rounds
    left join figures using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
