{% macro answers_agree_within_municipality() %}
    with given as (
        select
            survey_id, round_id, question_id, municipality_code,
            count(distinct coalesce(code, cast(number_value as varchar), cast(date_value as varchar))) as n_different
        from {{ ref('int_answers_judged') }}
        where answer_status = 'valid' and question_type in ('select_one', 'integer', 'decimal', 'date')
        group by survey_id, round_id, question_id, municipality_code
        having count(distinct response_id) > 1
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
