{% macro groups_of_one() %}
    with groups as (
        select survey_id, round_id, role_id, municipality_code, case when count(*) = 1 then 1 else 0 end as is_of_one
        from {{ ref('int_responses_disposed') }}
        where disposition = 'accepted' and role_id is not null
        group by survey_id, round_id, role_id, municipality_code
    )

    select
        survey_id, round_id,
        sum(groups.is_of_one) || ' of ' || count(groups.role_id) as observed,
        0 as threshold,
        sum(groups.is_of_one) as n_failed
    from rounds
    left join groups using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
