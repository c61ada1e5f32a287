{% macro form_versions() %}
    select
        rounds.survey_id, rounds.round_id,
        count(distinct accepted.form_version) as observed,
        1 as threshold,
        case
            when max(mapped.question_id) is not null then greatest(count(distinct accepted.form_version) - 1, 0)
        end as n_failed
    from rounds
    left join mapped
        on
            rounds.survey_id = mapped.survey_id
            and rounds.round_id = mapped.round_id
            and mapped.question_id = '_form_version'
    left join accepted
        on rounds.survey_id = accepted.survey_id and rounds.round_id = accepted.round_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
