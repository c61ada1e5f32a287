{# What single responses said to two questions. #}
{% macro other_texts_belong() %}
    with replied as (
        select given.row_key, meanings.survey_id, meanings.round_id, meanings.question_id
        from {{ ref('int_meanings_given') }} as given
        inner join {{ ref('int_meanings_whole') }} as meanings using (meaning_id)
        inner join responses using (row_key)
        where
            meanings.has_answer
            and meanings.question_id in (
                select question_id from asked where other_of is not null
                union all
                select other_of from asked where other_of is not null
            )
    )

    select
        rounds.survey_id, rounds.round_id,
        count(texts.row_key) as observed,
        'each beside an answer to its question' as threshold,
        case when max(others.question_id) is not null then count(texts.row_key) - count(owners.row_key) end as n_failed
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
    left join replied as owners
        on
            texts.row_key = owners.row_key
            and others.other_of = owners.question_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
