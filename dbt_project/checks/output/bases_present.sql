{% macro bases_present() %}
    with shares as (
        select survey_id, round_id, base_n
        from cells
        where share is not null
        union all
        select survey_id, round_id, base_n
        from {{ ref('system_use') }}
        where share is not null and {{ is_built_now() }}
    )

    select
        survey_id, round_id,
        sum(case when shares.base_n > 0 then 1 else 0 end) || ' of ' || count(shares.round_id) as observed,
        'each share has its base' as threshold,
        count(shares.round_id) - sum(case when shares.base_n > 0 then 1 else 0 end) as n_failed
    from rounds
    left join shares using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
