{# How Spark makes a table that keeps rounds: a partition for each. #}

{% materialization incremental, adapter='spark' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if is_incremental() %}
        {%- set forget = forget_rounds() -%}
        {%- if forget | trim %}{% call statement() %}{{ forget }}{% endcall %}{% endif -%}
        {%- call statement('main') -%}
            insert into {{ target }} by name {{ compiled_code }}
        {%- endcall -%}
    {%- else %}
        {%- set existing = load_cached_relation(this) -%}
        {%- if existing %}{% do adapter.drop_relation(existing) %}{% endif -%}
        {%- call statement('main') -%}
            {{ create_table_as(false, target, compiled_code) }}
        {%- endcall -%}
    {%- endif %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Parquet knows no column that is never null: the table that is brought back holds it. #}
{% macro spark__persist_constraints(relation, model) -%}{%- endmacro %}

{% macro spark__partition_cols(label, required=false) -%}
    {%- if model.config.materialized == 'incremental' -%}
        {{ label }} ({{ config.get('kept_by', ['survey_id', 'round_id']) | join(', ') }})
    {%- endif -%}
{%- endmacro %}
