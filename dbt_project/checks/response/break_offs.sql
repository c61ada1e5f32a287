{% macro break_offs() %}
    with stopped_after as (
        select
            survey_id, round_id, last_question_id, count(*) as n,
            row_number() over (partition by survey_id, round_id order by count(*) desc, last_question_id asc) as nth
        from progress
        where is_break_off
        group by survey_id, round_id, last_question_id
    )

    select
        survey_id, round_id, 'all' as part, 'all' as part_id,
        coalesce(sum(stopped_after.n), 0) || coalesce(
            ', most after ' || max(case when stopped_after.nth = 1 then stopped_after.last_question_id end), ''
        ) as observed,
        0 as threshold,
        coalesce(sum(stopped_after.n), 0) as n_failed
    from rounds
    left join stopped_after using (survey_id, round_id)
    group by survey_id, round_id
    union all
    select
        survey_id, round_id, 'question' as part, last_question_id as part_id,
        n as observed,
        0 as threshold,
        n as n_failed
    from stopped_after
{% endmacro %}
