{# Where a minute falls is looked up once for all its responses: of a large round that takes longer than all else. #}
{% macro submitted_in_field_window() %}
    select
        rounds.survey_id, rounds.round_id,
        coalesce(sum(minutes.n), 0) as observed,
        rounds.opens_on || ' to ' || rounds.closes_on as threshold,
        coalesce(sum(
            case
                when {{ local_date('minutes.minute', 'rounds.timezone') }}
                    between rounds.opens_on and rounds.closes_on then 0
                else minutes.n
            end
        ), 0) as n_failed
    from rounds
    left join (
        select survey_id, round_id, date_trunc('minute', submitted_at) as minute, count(*) as n
        from accepted
        where submitted_at is not null
        group by survey_id, round_id, date_trunc('minute', submitted_at)
    ) as minutes
        on rounds.survey_id = minutes.survey_id and rounds.round_id = minutes.round_id
    group by rounds.survey_id, rounds.round_id, rounds.opens_on, rounds.closes_on
{% endmacro %}
