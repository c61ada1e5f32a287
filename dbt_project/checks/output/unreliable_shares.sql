{% macro unreliable_shares() %}
    select
        rounds.survey_id, rounds.round_id,
        sum(case when question_rows.base_n < surveys.small_base and not question_rows.is_known then 1 else 0 end)
        || ' of ' || count(question_rows.question_id) as observed,
        'base of ' || surveys.small_base as threshold,
        sum(case when question_rows.base_n < surveys.small_base and not question_rows.is_known then 1 else 0 end)
            as n_failed
    from rounds
    inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
    left join question_rows
        on
            rounds.survey_id = question_rows.survey_id
            and rounds.round_id = question_rows.round_id
            and question_rows.unit = 'response'
            and question_rows.base_n > 0
    group by rounds.survey_id, rounds.round_id, surveys.small_base
{% endmacro %}
