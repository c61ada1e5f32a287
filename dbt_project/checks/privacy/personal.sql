{# personal_<kind> #}
{% macro personal(kind) %}
    select
        survey_id, round_id,
        count(texts.row_id) as observed,
        0 as threshold,
        case when count(questions.question_id) > 0 then count(texts.row_id) end as n_failed
    from rounds
    left join questions using (survey_id, round_id)
    left join (
        select survey_id, round_id, question_id, row_id
        from {{ ref('int_texts_with_personal_data') }}
        where kind = '{{ kind }}'
    ) as texts using (survey_id, round_id, question_id)
    group by survey_id, round_id
{% endmacro %}
