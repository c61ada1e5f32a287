{# One check as a select. Its CTE, named as the check, measures: survey_id, round_id, observed, threshold and n_failed; its
   definition (what it speaks of, how grave it is, its sentence) stands in round_checks.yml. It fails when n_failed > 0, and is not computable when
   n_failed is null. #}
{% macro check(definition) %}
    select
        survey_id,
        round_id,
        '{{ definition.id }}' as check_id,
        '{{ definition.family }}' as family,
        '{{ definition.asset }}' as asset,
        '{{ definition.severity }}' as severity,
        case when n_failed is null then 'not_computable' when n_failed > 0 then 'fail' else 'pass' end as status,
        cast(observed as varchar) as observed,
        cast(threshold as varchar) as threshold,
        cast(coalesce(n_failed, 0) as bigint) as n_failed,
        '{{ definition.message_en | replace("'", "''") }}' as message_en,
        '{{ definition.message_fi | replace("'", "''") }}' as message_fi
    from {{ definition.id }}
{% endmacro %}

{# A list of words as SQL text literals. #}
{% macro quoted(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}
