{% macro required_answered() %}
    select
        rounds.survey_id, rounds.round_id,
        count(replied.row_id) as observed,
        'none left blank' as threshold,
        case when max(required.question_id) is not null then coalesce(sum(replied.is_blank), 0) end as n_failed
    from rounds
    left join asked as required
        on rounds.survey_id = required.survey_id and rounds.round_id = required.round_id and required.is_required
    left join replied
        on
            required.survey_id = replied.survey_id
            and required.round_id = replied.round_id
            and required.question_id = replied.question_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
