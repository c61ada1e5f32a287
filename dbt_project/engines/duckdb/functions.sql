{# What functions that SQL lacks are given (orchestration/engines/functions.py), and what is looked through for them. #}

{# The rows of a group as lists of numbers of one type, in order. #}
{% macro rows_in_order(columns) -%} list_sort(list([{{ columns | join(', ') }}])) {%- endmacro %}

{# True where a part of the text is as the pattern says. #}
{% macro has_in_it(text, pattern) -%} regexp_matches({{ text }}, '{{ pattern }}') {%- endmacro %}
