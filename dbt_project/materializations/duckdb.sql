{# How DuckDB makes a table or a view. dbt's own way builds it beside the old one, renames both and drops the old: four
   statements that DuckDB, where all of this is one transaction, does not need, and each costs as much as the model. #}

{# What a view reads is named without the database, so that it can be read by whoever attaches the file. #}
{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        {{ drop_of(this) }} {{ create_view_as(target, sql | replace(target.include(schema=false, identifier=false) ~ '.', '')) }};
        {{ comments_on(target) }}
    {%- endcall -%}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        {{ drop_of(this) }} {{ create_table_as(false, target, compiled_code) }};
        {{ comments_on(target) }}
    {%- endcall -%}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{# A table that keeps rounds: those that are built now are forgotten, then added. The columns are those that it has: when
   the code changes it is made anew. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if is_incremental() %}
            {{ forget_rounds() }}; insert into {{ target }} by name {{ compiled_code }}
            ;
        {%- else %}
            {{ drop_of(this) }} {{ create_table_as(false, target, compiled_code) }};
        {%- endif %}
        {{ comments_on(target) }}
    {%- endcall -%}
    {{ return(as_made(target)) }}
{% endmaterialization %}

{% macro drop_of(relation) %}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing -%}drop {{ existing.type }} if exists {{ existing }};{%- endif -%}
{% endmacro %}

{% macro as_made(target) %}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{# The columns of a contract as DuckDB tells them of a query. dbt asks DuckDB what each type is called and compares name
   by name, which costs more than most models: only where they differ, and it says how. #}
{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {%- set said, told = [], [] -%}
    {%- for column in model.columns.values() -%}
        {%- do said.append(column.name ~ ' ' ~ column.data_type | upper | replace('TEXT', 'VARCHAR')) -%}
    {%- endfor -%}
    {%- for column in get_column_schema_from_query(sql) -%}
        {%- do told.append(column.name ~ ' ' ~ column.dtype) -%}
    {%- endfor -%}
    {%- if said | sort != told | sort -%}{{ assert_columns_equivalent(sql) }}{%- endif -%}
{% endmacro %}

{# The contract holds that the columns are there. #}
{% macro comments_on(relation) -%}
    {%- if config.persist_relation_docs() -%}
        comment on {{ relation.type }} {{ relation }} is {{ text(model.description) }};
        {%- for column in model.columns.values() %}
            comment on column {{ relation }}.{{ column.name }} is {{ text(column.description) }};
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
