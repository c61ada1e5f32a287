{% macro responses_kept() %}
    with tokens as (
        select distinct survey_id, round_id, response_token
        from source_rows
    )

    select
        survey_id, round_id,
        count(published_rows.response_token) - count(tokens.response_token) || ' of '
        || count(published_rows.response_token) as observed,
        0 as threshold,
        case
            when count(published_rows.response_token) > 0
                then count(published_rows.response_token) - count(tokens.response_token)
        end as n_failed
    from rounds
    left join published_rows using (survey_id, round_id)
    left join tokens using (survey_id, round_id, response_token)
    group by survey_id, round_id
{% endmacro %}
