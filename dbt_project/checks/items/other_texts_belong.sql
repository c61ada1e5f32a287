{% macro other_texts_belong() %}
    select
        rounds.survey_id, rounds.round_id,
        count(texts.row_id) as observed,
        'each beside an answer to its question' as threshold,
        case when max(others.question_id) is not null then count(texts.row_id) - count(owners.row_id) end as n_failed
    from rounds
    left join asked as others
        on
            rounds.survey_id = others.survey_id
            and rounds.round_id = others.round_id
            and others.other_of is not null
    left join replied as texts
        on
            others.survey_id = texts.survey_id
            and others.round_id = texts.round_id
            and others.question_id = texts.question_id
            and texts.has_answer = 1
    left join replied as owners
        on
            texts.row_id = owners.row_id
            and others.other_of = owners.question_id
            and owners.has_answer = 1
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
