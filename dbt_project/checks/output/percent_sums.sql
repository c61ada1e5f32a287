{% macro percent_sums() %}
    select
        rounds.survey_id, rounds.round_id,
        sum(case when sums.pct_sum = 100 then 1 else 0 end) || ' of ' || count(sums.question_id) as observed,
        100 as threshold,
        count(sums.question_id) - sum(case when sums.pct_sum = 100 then 1 else 0 end) as n_failed
    from rounds
    left join questions
        on
            rounds.survey_id = questions.survey_id
            and rounds.round_id = questions.round_id
            and questions.question_type = 'select_one'
    left join question_rows as sums
        on
            questions.survey_id = sums.survey_id
            and questions.round_id = sums.round_id
            and questions.question_id = sums.question_id
            and sums.base_n > 0
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
