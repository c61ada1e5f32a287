{# answers_doubtful_<severity> #}
{% macro answers_doubtful(severity) %}
    select
        survey_id, round_id,
        count(doubtful.row_id) as observed,
        0 as threshold,
        count(doubtful.row_id) as n_failed
    from rounds
    left join (
        select doubtful.survey_id, doubtful.round_id, doubtful.row_id
        from doubtful
        inner join questions using (survey_id, question_id)
        where questions.severity = '{{ severity }}'
    ) as doubtful using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
