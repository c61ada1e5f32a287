{# One-column keys for tools that join on one column: the parts joined by a slash. #}
{% macro key(columns) -%}
    {{ columns | join(" || '/' || ") }}
{%- endmacro %}
