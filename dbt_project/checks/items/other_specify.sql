{% macro other_specify() %}
    with {% call whole_of() %}
        select
            asked.survey_id, asked.round_id, 'question' as part, asked.other_of as part_id,
            texts.n_answered || ' of ' || replied_to.n_answered as observed,
            '{{ var('monitor').other_specify }}' as threshold,
            case
                when texts.n_answered > {{ var('monitor').other_specify }} * replied_to.n_answered then 1 else 0
            end as n_failed
        from asked
        inner join replied_to as texts using (survey_id, round_id, question_id)
        inner join replied_to
            on
                asked.survey_id = replied_to.survey_id
                and asked.round_id = replied_to.round_id
                and asked.other_of = replied_to.question_id
    {% endcall %}
{% endmacro %}
