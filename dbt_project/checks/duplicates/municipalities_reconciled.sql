{# Several responses, and the survey's order of roles does not say which of them goes first. #}
{% macro municipalities_reconciled() %}
    with leads as (
        select survey_id, round_id, municipality_code, role_order, count(*) as n_responses
        from accepted
        group by survey_id, round_id, municipality_code, role_order
        qualify role_order = min(role_order) over (partition by survey_id, round_id, municipality_code)
    )

    select
        survey_id, round_id,
        count(leads.municipality_code) as observed,
        'one response of the leading role in each' as threshold,
        sum(case when leads.n_responses > 1 then 1 else 0 end) as n_failed
    from rounds
    left join leads using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
