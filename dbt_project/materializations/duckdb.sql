{# How DuckDB makes a table or a view. dbt's own way builds it beside the old one, renames both and drops the old: four
   statements that DuckDB, where all of this is one transaction, does not need, and each costs as much as the model. #}

{# What a view reads is named without the database, so that it can be read by whoever attaches the file. #}
{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        {{ drop_of(this) }} {{ create_view_as(target, sql | replace(target.include(schema=false, identifier=false) ~ '.', '')) }}
    {%- endcall -%}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- if model.language == 'python' %}
        {%- set beside = made_beside(target) -%}
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

{# A table that keeps rounds: those that are built now are forgotten, then added. The columns are those that it has: when
   the code changes it is made anew. #}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if model.language == 'python' %}
        {%- set beside = made_beside(target) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(false, beside, compiled_code, 'python') }}
        {%- endcall -%}
        {%- call statement() -%}
            {%- if is_incremental() %}
                {%- set key = config.get('unique_key') | join(', ') %}
                delete from {{ target }} where ({{ key }}) in (select ({{ key }}) from {{ beside }});
                insert into {{ target }} by name from {{ beside }};
                drop table {{ beside }}
            {%- else %}
                {{ drop_of(this) }} alter table {{ beside }} rename to {{ target.identifier }}
            {%- endif %}
        {%- endcall -%}
    {%- elif is_incremental() %}
        {%- call statement('main') -%}
            {{ forget_rounds() }}; insert into {{ target }} by name {{ compiled_code }}
        {%- endcall -%}
    {%- else %}
        {%- call statement('main') -%}
            {{ drop_of(this) }} {{ create_table_as(false, target, compiled_code) }}
        {%- endcall -%}
    {%- endif %}
    {{ run_hooks(post_hooks) }}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{# A model in Python writes in a transaction of its own: not to the table that this one changes. #}
{% macro made_beside(target) %}
    {%- set beside = make_intermediate_relation(target) -%}
    {%- do drop_relation_if_exists(load_cached_relation(beside)) -%}
    {{ return(beside) }}
{% endmacro %}

{% macro drop_of(relation) %}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing -%}drop {{ existing.type }} if exists {{ existing }};{%- endif -%}
{% endmacro %}

{% macro as_made(target) %}
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
