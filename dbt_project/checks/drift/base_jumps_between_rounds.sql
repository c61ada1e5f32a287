{% macro base_jumps_between_rounds() %}
    with bases as (
        select distinct
            survey_id, round_id, cells.question_id,
            100 * {{ share('cells.base_n', 'counts.n_responses') }} as answered_pct
        from {{ ref('answer_distribution') }} as cells
        inner join counts using (survey_id, round_id)
        where cells.unit = 'response' and cells.breakdown = 'all' and cells.level = 'option'
    ),

    {% call whole_of() %}
        select
            pairs.survey_id, pairs.round_id, 'question' as part, pairs.question_id as part_id,
            {{ with_decimals('earlier.answered_pct', 1) }} || ' % to ' || {{ with_decimals('later.answered_pct', 1) }} || ' %'
                as observed,
            '{{ var('monitor').base_jump_between_rounds }} points' as threshold,
            case
                when abs(later.answered_pct - earlier.answered_pct) > {{ var('monitor').base_jump_between_rounds }}
                    then 1
                when later.answered_pct is not null and earlier.answered_pct is not null then 0
            end as n_failed
        from pairs
        left join bases as later
            on
                pairs.survey_id = later.survey_id
                and pairs.round_id = later.round_id
                and pairs.question_id = later.question_id
        left join bases as earlier
            on
                pairs.survey_id = earlier.survey_id
                and pairs.earlier_round_id = earlier.round_id
                and pairs.earlier_question_id = earlier.question_id
        where pairs.comparability <> 'broken'
    {% endcall %}
{% endmacro %}
