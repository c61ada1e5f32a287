{# A check of a kind of fault, by question: those of these types, or all. #}
{% macro answers_without(fault, types=[]) %}
    with {% call whole_of() %}
        select
            replied_to.survey_id, replied_to.round_id, 'question' as part, replied_to.question_id as part_id,
            coalesce(faults.n, 0) || ' of ' || replied_to.n_applicable as observed,
            '0' as threshold,
            coalesce(faults.n, 0) as n_failed
        from replied_to
        left join faults
            on
                replied_to.survey_id = faults.survey_id
                and replied_to.round_id = faults.round_id
                and replied_to.question_id = faults.question_id
                and faults.fault = '{{ fault }}'
        {% if types %}where replied_to.question_type in ({{ quoted(types) }}){% endif %}
    {% endcall %}
{% endmacro %}
