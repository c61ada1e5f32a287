{% macro response_ids_unique() %}
    with ids as (
        select survey_id, round_id, response_id, count(*) as n_rows
        from accepted
        group by survey_id, round_id, response_id
    )

    select
        survey_id, round_id,
        count(ids.response_id) as observed,
        'each once' as threshold,
        coalesce(sum(case when ids.n_rows > 1 then ids.n_rows end), 0) as n_failed
    from rounds
    left join ids using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
