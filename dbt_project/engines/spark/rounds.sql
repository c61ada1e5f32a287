{# How rows of rounds and of pairs of rounds go: Parquet forgets whole partitions, no rows. A table that keeps rounds
   has one for each; of pairs of rounds, one for each pair, which is made anew as soon as one of its questions has to
   be. #}

{% macro forget_rounds() -%}
    {{ drop_partitions(['survey_id', 'round_id'], is_built_now() ~ ' or ' ~ is_gone()) }}
{%- endmacro %}

{% macro forget_pairs(paired) -%}
    {%- if is_incremental() -%}
        {{ drop_partitions(
            ['survey_id', 'round_id', 'earlier_round_id'],
            is_built_now('survey_id', 'earlier_round_id') ~ ' or ' ~ differs(this, paired)
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_pair_new(schema, name, paired) -%}
    {%- set made = adapter.get_relation(this.database, schema, name) if execute and not flags.FULL_REFRESH else none -%}
    {%- if made %}{{ differs(made, paired) }}{% else %}true{% endif -%}
{%- endmacro %}

{# The condition that a pair of rounds is to have other questions than it has. #}
{% macro differs(made, paired) -%}
    (survey_id, round_id, earlier_round_id) in (
        select survey_id, round_id, earlier_round_id
        from (
            select distinct survey_id, round_id, earlier_round_id, question_id, 'made' as place from {{ made }}
            union all
            select distinct survey_id, round_id, earlier_round_id, question_id, 'paired' as place from {{ paired }}
            where comparability <> 'broken'
        )
        group by survey_id, round_id, earlier_round_id, question_id
        having count(*) = 1
    )
{%- endmacro %}

{# The statement that drops the partitions of this table in which a condition of their columns holds; none where there
   are none. #}
{% macro drop_partitions(columns, condition) -%}
    {%- set found = run_query('select distinct ' ~ columns | join(', ') ~ ' from ' ~ this ~ ' where ' ~ condition) -%}
    {%- for row in found.rows -%}
        {{ 'alter table ' ~ this ~ ' drop if exists' if loop.first else ',' }} partition (
            {%- for column in columns %}{{ column }} = '{{ row[loop.index0] }}'{{ ', ' if not loop.last }}{% endfor -%}
        )
    {%- endfor -%}
{%- endmacro %}
