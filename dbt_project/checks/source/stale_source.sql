{% macro stale_source() %}
    with received as (
        select survey_id, round_id, max(received_on) as last_received_on
        from sources
        where kind = 'responses'
        group by survey_id, round_id
    )

    select
        survey_id, round_id,
        received.last_received_on as observed,
        rounds.stale_after_days || ' days' as threshold,
        case
            when rounds.closes_on < {{ today() }} or received.last_received_on is null then null
            when {{ days_between('received.last_received_on', today()) }} > rounds.stale_after_days then 1
            else 0
        end as n_failed
    from rounds
    left join received using (survey_id, round_id)
{% endmacro %}
