{# One code for the whole of a battery: questions of one group with a choice each. #}
{% macro straight_lining() %}
    with items as (
        select *, count(*) over (partition by survey_id, round_id, group_id) as n_items
        from asked
        where group_id is not null and question_type = 'select_one'
    ),

    batteries as (
        select distinct survey_id, round_id, group_id
        from items
        where n_items >= {{ var('monitor').battery_items }}
    ),

    -- A response that answered the whole of a battery.
    answered_whole as (
        select survey_id, round_id, items.group_id, answers.row_id, count(distinct answers.code) as n_codes
        from items
        inner join answers using (survey_id, round_id, question_id)
        group by survey_id, round_id, items.group_id, items.n_items, answers.row_id
        having count(*) = items.n_items
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, group_id as part_id,
            sum(case when answered_whole.n_codes = 1 then 1 else 0 end) || ' of ' || count(answered_whole.row_id)
                as observed,
            '0' as threshold,
            sum(case when answered_whole.n_codes = 1 then 1 else 0 end) as n_failed
        from batteries
        left join answered_whole using (survey_id, round_id, group_id)
        group by survey_id, round_id, group_id
    {% endcall %}
{% endmacro %}
