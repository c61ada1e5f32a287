{# Tables kept by round: a build replaces the rows of the rounds that it makes, forgets rounds that are gone, and carries
   the others over. A model that is kept so says materialized='incremental'; its rows must be of rounds built now. How
   rows go is each engine's own: engines/<engine>/rounds.sql. #}

{# The condition that a row is of a round that this build makes. #}
{% macro is_built_now(survey_id='survey_id', round_id='round_id') -%}
    ({{ survey_id }}, {{ round_id }}) in (select survey_id, round_id from {{ source('raw', 'ingest__rounds_to_build') }})
{%- endmacro %}

{% macro is_gone(survey_id='survey_id', round_id='round_id') -%}
    ({{ survey_id }}, {{ round_id }}) not in (select survey_id, round_id from {{ source('raw', 'codebook__rounds') }})
{%- endmacro %}
