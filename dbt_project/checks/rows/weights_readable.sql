{% macro weights_readable() %}
    {{ accepted_that('is_weight_wrong', '_weight') }}
{% endmacro %}
