{% macro system_names_matched() %}
    select
        rounds.survey_id, rounds.round_id,
        count(spellings.row_id) as observed,
        0 as threshold,
        count(spellings.row_id) as n_failed
    from rounds
    left join {{ ref('int_spellings_unknown') }} as spellings
        on
            rounds.survey_id = spellings.survey_id
            and rounds.round_id = spellings.round_id
            and spellings.list_name <> '_role'
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
