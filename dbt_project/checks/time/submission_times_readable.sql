{% macro submission_times_readable() %}
    {{ accepted_that('submitted_at is null', '_submitted_at') }}
{% endmacro %}
