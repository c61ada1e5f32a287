{% macro form_versions() %}
    select
        survey_id, round_id,
        count(distinct accepted.form_version) as observed,
        1 as threshold,
        case
            when max(mapped.question_id) is not null then greatest(count(distinct accepted.form_version) - 1, 0)
        end as n_failed
    from rounds
    left join {{ mapped('_form_version') }} using (survey_id, round_id)
    left join accepted using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
