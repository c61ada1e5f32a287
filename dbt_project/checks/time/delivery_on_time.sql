{% macro delivery_on_time() %}
    select
        rounds.survey_id, rounds.round_id,
        max(sources.received_on) as observed,
        rounds.due_on as threshold,
        case
            when rounds.due_on is not null then sum(
                case when sources.received_on > rounds.due_on then 1 when sources.received_on is not null then 0 end
            )
        end as n_failed
    from rounds
    left join {{ ref('stg_ingest__sources') }} as sources
        on
            rounds.survey_id = sources.survey_id
            and rounds.round_id = sources.round_id
            and sources.kind = 'responses'
    group by rounds.survey_id, rounds.round_id, rounds.due_on
{% endmacro %}
