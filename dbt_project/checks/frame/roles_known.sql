{% macro roles_known() %}
    {{ accepted_that('is_role_unknown', '_role') }}
{% endmacro %}
