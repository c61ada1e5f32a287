{# Schemas are named exactly as the rooms are: no target prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or 'intermediate') | trim }}
{%- endmacro %}
