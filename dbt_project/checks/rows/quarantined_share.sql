{% macro quarantined_share() %}
    select
        survey_id, round_id,
        coalesce(disposed.n_quarantined, 0) || ' of ' || coalesce(disposed.n_rows, 0) as observed,
        surveys.quarantined_share_limit as threshold,
        case
            when disposed.n_quarantined > surveys.quarantined_share_limit * disposed.n_rows then disposed.n_quarantined
            else 0
        end as n_failed
    from rounds
    inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
    left join disposed using (survey_id, round_id)
{% endmacro %}
