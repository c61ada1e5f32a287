{# rows_<disposition>: those that do not count, by why. #}
{% macro rows_of_disposition(disposition) %}
    select
        rounds.survey_id, rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        count(responses.row_id) as n_failed
    from rounds
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = '{{ disposition }}'
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
