{% macro municipalities_not_closed() %}
    {{ accepted_that('is_municipality_closed', '_municipality') }}
{% endmacro %}
