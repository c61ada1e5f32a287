{# The compiled expressions of the codebook, one select per condition. Ingest compiles them from a checked syntax tree:
   no text of a questionnaire is run here. Each is an aggregate over the coded answers of one row to the questions that
   it speaks of; the answers to all of these are joined once, for each join of a build takes its memory. #}
{% macro conditions_met(answers, compiled, given, identified) %}
    {%- set conditions = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select survey_id, round_id, question_id, purpose, predicate_sql from "
            ~ compiled ~ " order by all"
        ) -%}
        {%- set conditions = found.rows -%}
    {%- endif -%}
    with answers as (
        select
            given.row_key,
            answers.*
        from {{ given }} as given
        inner join {{ answers }} as answers
            on
                given.answer_id = answers.answer_id
                and answers.question_id in ({{ questions_in(conditions | map(attribute=4) | join) }})
    )

    {% for survey_id, round_id, question_id, purpose, predicate_sql in conditions %}
    select
        identified.row_key,
        '{{ question_id }}' as question_id,
        '{{ purpose }}' as purpose,
        {{ in_literals(predicate_sql) }} as is_met
    from {{ identified }} as identified
    left join answers
        on
            identified.row_key = answers.row_key
            and answers.question_id in ({{ questions_in(predicate_sql) }})
    where
        identified.row_status = 'read'
        and identified.survey_id = '{{ survey_id }}'
        {%- if round_id %} and identified.round_id = '{{ round_id }}' {%- endif %}
    group by identified.row_key
    union all
    {%- endfor %}
    select
        cast(null as bigint) as row_key,
        cast(null as string) as question_id,
        cast(null as string) as purpose,
        cast(null as boolean) as is_met
    where false
{% endmacro %}

{# The questions that compiled expressions speak of. #}
{% macro questions_in(predicates) -%}
    '' {%- for piece in predicates.split("question_id = '")[1:] %}, '{{ piece.split("'")[0] }}' {%- endfor %}
{%- endmacro %}
