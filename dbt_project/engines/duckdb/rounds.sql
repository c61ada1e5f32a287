{# How rows of rounds and of pairs of rounds go: single rows. #}

{# Before an incremental model adds its rows. #}
{% macro forget_rounds() -%}
    delete from {{ this }} where {{ is_built_now() }} or {{ is_gone() }}
{%- endmacro %}

{# Runs before an incremental model of pairs of rounds adds its rows: a pair goes with either round, and when another
   round has come between. #}
{% macro forget_pairs(paired) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ is_built_now('survey_id', 'earlier_round_id') }}
            or (survey_id, round_id, earlier_round_id, question_id) not in (
                select survey_id, round_id, earlier_round_id, question_id from {{ paired }}
            )
    {%- endif -%}
{%- endmacro %}

{# The condition that a pair is not in a table of pairs: every pair, while there is no such table. #}
{% macro is_pair_new(schema, name, paired) -%}
    {%- set made = adapter.get_relation(this.database, schema, name) if execute and not flags.FULL_REFRESH else none -%}
    {%- if made -%}
        (survey_id, round_id, earlier_round_id, question_id) not in (
            select survey_id, round_id, earlier_round_id, question_id from {{ made }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
