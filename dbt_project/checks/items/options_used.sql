{% macro options_used() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            coalesce({{ texts_in_order('case when n = 0 then code end', ', ', 'code') }}, 'none') as observed,
            'every option' as threshold,
            sum(case when n = 0 then 1 else 0 end) as n_failed
        from closed
        where n_answered >= {{ var('monitor').least_answers }}
        group by survey_id, round_id, question_id
    {% endcall %}
{% endmacro %}
