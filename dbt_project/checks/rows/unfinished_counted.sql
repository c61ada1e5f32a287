{% macro unfinished_counted() %}
    {{ accepted_that('is_unfinished', '_completion', needed='rounds.completed_values') }}
{% endmacro %}
