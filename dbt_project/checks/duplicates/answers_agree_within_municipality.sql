{% macro answers_agree_within_municipality() %}
    with given as (
        select
            meanings.survey_id, meanings.round_id, meanings.question_id, counted.municipality_code,
            count(distinct coalesce(
                meanings.code, cast(meanings.number_value as string), cast(meanings.date_value as string)
            )) as n_different
        from {{ ref('int_meanings_judged') }} as meanings
        inner join {{ ref('int_meanings_counted') }} as counted using (meaning_id)
        where
            meanings.answer_status = 'valid'
            and meanings.question_type in ('select_one', 'integer', 'decimal', 'date')
            and counted.breakdown = 'all'
        group by meanings.survey_id, meanings.round_id, meanings.question_id, counted.municipality_code
        having sum(counted.n) > 1
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            sum(case when n_different > 1 then 1 else 0 end) || ' of ' || count(*) as observed,
            '0' as threshold,
            sum(case when n_different > 1 then 1 else 0 end) as n_failed
        from given
        group by survey_id, round_id, question_id
    {% endcall %}
{% endmacro %}
