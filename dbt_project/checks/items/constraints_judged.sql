{% macro constraints_judged() %}
    with {% call whole_of() %}
        select
            answers.survey_id, answers.round_id, 'question' as part, answers.question_id as part_id,
            count(distinct case when constraints.is_met is null then answers.row_key end) || ' of '
            || count(distinct answers.row_key) as observed,
            '0' as threshold,
            count(distinct case when constraints.is_met is null then answers.row_key end) as n_failed
        from answers
        inner join {{ ref('int_conditions_met') }} as constraints using (row_key, question_id)
        where constraints.purpose = 'constraint'
        group by answers.survey_id, answers.round_id, answers.question_id
    {% endcall %}
{% endmacro %}
