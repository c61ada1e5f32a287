{% macro responses_per_municipality() %}
    select
        survey_id, round_id,
        'most ' || coalesce(max(responded.n_responses), 0) || '; more than one in '
        || sum(case when responded.n_responses > 1 then 1 else 0 end) as observed,
        '{{ var('monitor').responses_per_municipality }}' as threshold,
        sum(
            case when responded.n_responses > {{ var('monitor').responses_per_municipality }} then 1 else 0 end
        ) as n_failed
    from rounds
    left join {{ ref('int_municipalities_responded') }} as responded using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
