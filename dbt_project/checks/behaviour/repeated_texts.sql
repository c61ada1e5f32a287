{% macro repeated_texts() %}
    with text_rounds as (
        select distinct survey_id, round_id
        from asked
        where question_type = 'text'
    ),

    texts as (
        select survey_id, round_id, row_id, municipality_code, lower(raw_value) as text_value
        from answers
        where question_type = 'text' and length(raw_value) >= {{ var('monitor').repeated_text_characters }}
    ),

    repeated as (
        select survey_id, round_id, text_value
        from texts
        group by survey_id, round_id, text_value
        having count(distinct municipality_code) > 1
    )

    select
        survey_id, round_id,
        count(distinct repeated.text_value) as observed,
        0 as threshold,
        case
            when max(text_rounds.round_id) is not null
                then count(distinct case when repeated.text_value is not null then texts.row_id end)
        end as n_failed
    from rounds
    left join text_rounds using (survey_id, round_id)
    left join texts using (survey_id, round_id)
    left join repeated using (survey_id, round_id, text_value)
    group by survey_id, round_id
{% endmacro %}
