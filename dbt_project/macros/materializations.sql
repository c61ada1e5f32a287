{# How DuckDB makes a table or a view. dbt's own way builds it beside the old one, renames both and drops the old: four
   statements that DuckDB, where all of this is part of one transaction, does not need, and each costs as much as the
   model. #}

{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {{ drop_of(this) }} {{ create_view_as(target, sql) }}
    {%- endcall -%}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if model.language == 'python' %}
        {#- It writes in a transaction of its own, beside the old table. -#}
        {%- set beside = make_intermediate_relation(target) -%}
        {%- do drop_relation_if_exists(load_cached_relation(beside)) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(false, beside, compiled_code, 'python') }}
        {%- endcall -%}
        {%- call statement() -%}
            {{ drop_of(this) }} alter table {{ beside }} rename to {{ target.identifier }}
        {%- endcall -%}
    {%- else %}
        {%- call statement('main') -%}
            {{ drop_of(this) }} {{ create_table_as(false, target, compiled_code) }}
        {%- endcall -%}
    {%- endif %}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{% macro drop_of(relation) %}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing -%}drop {{ existing.type }} if exists {{ existing }};{%- endif -%}
{% endmacro %}

{% macro as_made(target) %}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{# Every comment in one statement: the contract holds that the columns are there. #}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if config.persist_relation_docs() -%}
        {%- call statement() -%}
            comment on {{ relation.type }} {{ relation }} is {{ text(model.description) }};
            {%- for column in model.columns.values() %}
                comment on column {{ relation }}.{{ column.name }} is {{ text(column.description) }};
            {%- endfor %}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
