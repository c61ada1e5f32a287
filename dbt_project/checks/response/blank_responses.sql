{% macro blank_responses() %}
    select
        rounds.survey_id, rounds.round_id,
        count(case when progress.n_answered = 0 then 1 end) || ' of ' || count(progress.response_id) as observed,
        0 as threshold,
        case when count(progress.response_id) > 0 then count(case when progress.n_answered = 0 then 1 end) end
            as n_failed
    from rounds
    left join progress
        on
            rounds.survey_id = progress.survey_id
            and rounds.round_id = progress.round_id
            and progress.n_applicable > 0
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
