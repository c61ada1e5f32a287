{% macro answers_within_soft_bounds() %}
    select
        rounds.survey_id, rounds.round_id,
        count(answers.row_id) as observed,
        'soft_min to soft_max' as threshold,
        case
            when max(bounded.question_id) is not null
                then sum(
                    case
                        when answers.number_value < bounded.soft_min or answers.number_value > bounded.soft_max then 1
                        else 0
                    end
                )
        end as n_failed
    from rounds
    left join asked as bounded
        on
            rounds.survey_id = bounded.survey_id
            and rounds.round_id = bounded.round_id
            and coalesce(bounded.soft_min, bounded.soft_max) is not null
    left join answers
        on
            bounded.survey_id = answers.survey_id
            and bounded.round_id = answers.round_id
            and bounded.question_id = answers.question_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
