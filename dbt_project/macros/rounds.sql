{# Tables kept by round: a build replaces the rows of the rounds that it makes, forgets rounds that are gone, and carries
   the others over. A model that is kept so says materialized='incremental'; its rows must be of rounds not carried. #}

{# The condition that a row is not of a round that is carried over. #}
{% macro is_not_carried(survey_id='survey_id', round_id='round_id') -%}
    ({{ survey_id }}, {{ round_id }}) not in (
        select (rounds.survey_id, rounds.round_id)
        from {{ source('raw', 'codebook__rounds') }} as rounds
        left join {{ source('raw', 'ingest__rounds_to_build') }} as planned
            on rounds.survey_id = planned.survey_id and rounds.round_id = planned.round_id
        where planned.round_id is null
    )
{%- endmacro %}

{# Runs before an incremental model adds its rows. #}
{% macro forget_rounds() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ is_not_carried() }}
    {%- endif -%}
{%- endmacro %}

{# Runs before an incremental model of pairs of rounds adds its rows: a pair goes with either round, and when another
   round has come between. #}
{% macro forget_pairs(paired) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ is_not_carried('survey_id', 'earlier_round_id') }}
            or (survey_id, round_id, earlier_round_id, question_id) not in (
                select (survey_id, round_id, earlier_round_id, question_id) from {{ paired }}
            )
    {%- endif -%}
{%- endmacro %}
