{% macro base_jumps_between_questions() %}
    with beside as (
        select
            *,
            cast(n_answered as double) / n_applicable as answered_share,
            lag(cast(n_answered as double) / n_applicable) over (
                partition by survey_id, round_id order by sort_order
            ) as share_before
        from replied_to
        where
            not is_voluntary
            and question_id not in (
                select routed.question_id from {{ ref('stg_codebook__conditions') }} as routed
                where routed.purpose = 'relevant'
            )
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, question_id as part_id,
            {{ percent('share_before') }} || ' to ' || {{ percent('answered_share') }} as observed,
            '{{ var('monitor').base_jump }}' as threshold,
            case when abs(answered_share - share_before) > {{ var('monitor').base_jump }} then 1 else 0 end as n_failed
        from beside
        where share_before is not null
    {% endcall %}
{% endmacro %}
