{# As engines/duckdb/functions.sql describes. #}

{% macro rows_in_order(columns) -%} array_sort(collect_list(array({{ columns | join(', ') }}))) {%- endmacro %}

{% macro has_in_it(text, pattern) -%} ({{ text }} rlike '{{ pattern }}') {%- endmacro %}
