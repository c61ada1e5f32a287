{% macro submitted_in_field_window() %}
    select
        rounds.survey_id, rounds.round_id,
        count(accepted.row_id) as observed,
        rounds.opens_on || ' to ' || rounds.closes_on as threshold,
        sum(
            case
                when accepted.row_id is null then 0
                when
                    {{ local_date('accepted.submitted_at', 'rounds.timezone') }}
                    between rounds.opens_on and rounds.closes_on then 0
                else 1
            end
        ) as n_failed
    from rounds
    left join accepted
        on
            rounds.survey_id = accepted.survey_id
            and rounds.round_id = accepted.round_id
            and accepted.submitted_at is not null
    group by rounds.survey_id, rounds.round_id, rounds.opens_on, rounds.closes_on
{% endmacro %}
