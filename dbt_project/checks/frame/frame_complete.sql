{% macro frame_complete() %}
    select
        survey_id, round_id,
        count(*) as observed,
        'all classified' as threshold,
        sum(case when population is not null and size_class_id is null then 1 else 0 end)
        + count(*) - count(distinct municipality_code) as n_failed
    from frame
    group by survey_id, round_id
{% endmacro %}
