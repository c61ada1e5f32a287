{% macro rows_conserved() %}
    with delivered as (
        select survey_id, round_id, sum(n_rows) as n_rows
        from {{ ref('stg_ingest__sources') }}
        where kind = 'responses' and {{ is_built_now() }}
        group by survey_id, round_id
    )

    select
        survey_id, round_id,
        delivered.n_rows || ' = ' || coalesce(disposed.n_accepted, 0) || ' + ' || coalesce(disposed.n_quarantined, 0)
        || ' + ' || coalesce(disposed.n_set_aside, 0) as observed,
        'equal' as threshold,
        abs(
            delivered.n_rows - coalesce(disposed.n_accepted + disposed.n_quarantined + disposed.n_set_aside, 0)
        ) + abs(delivered.n_rows - coalesce(disposed.n_rows, 0)) as n_failed
    from delivered
    left join disposed using (survey_id, round_id)
{% endmacro %}
