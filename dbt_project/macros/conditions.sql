{# The compiled expressions of the codebook, one select per condition. Ingest compiles them from a checked syntax tree:
   no text of a questionnaire is run here. Each is an aggregate over the coded answers of one row. #}
{% macro conditions_met(answers, compiled) %}
    {%- set conditions = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select survey_id, round_id, question_id, purpose, predicate_sql from "
            ~ compiled ~ " order by all"
        ) -%}
        {%- set conditions = found.rows -%}
    {%- endif -%}
    {%- for survey_id, round_id, question_id, purpose, predicate_sql in conditions %}
    select
        row_id,
        '{{ question_id }}' as question_id,
        '{{ purpose }}' as purpose,
        {{ predicate_sql }} as is_met
    from {{ answers }}
    where survey_id = '{{ survey_id }}' {%- if round_id %} and round_id = '{{ round_id }}' {%- endif %}
    group by row_id
    union all
    {%- endfor %}
    select
        cast(null as varchar) as row_id,
        cast(null as varchar) as question_id,
        cast(null as varchar) as purpose,
        cast(null as boolean) as is_met
    where false
{% endmacro %}
