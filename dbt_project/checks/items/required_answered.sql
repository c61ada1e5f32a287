{% macro required_answered() %}
    select
        survey_id, round_id,
        coalesce(sum(replied_to.n_applicable), 0) as observed,
        'none left blank' as threshold,
        case when max(asked.question_id) is not null then coalesce(sum(replied_to.n_blank), 0) end as n_failed
    from rounds
    left join (select * from asked where is_required) as asked using (survey_id, round_id)
    left join replied_to using (survey_id, round_id, question_id)
    group by survey_id, round_id
{% endmacro %}
