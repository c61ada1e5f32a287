{# One check as a select: its id, what it speaks of, how grave it is and its sentence, beside the CTE that measures it.
   The CTE gives survey_id, round_id, observed, threshold and n_failed; a check fails when n_failed is above zero. #}
{% macro check(cte, family, asset, severity, message_en, message_fi) %}
    select
        survey_id,
        round_id,
        '{{ cte }}' as check_id,
        '{{ family }}' as family,
        '{{ asset }}' as asset,
        '{{ severity }}' as severity,
        case when n_failed > 0 then 'fail' else 'pass' end as status,
        cast(observed as varchar) as observed,
        cast(threshold as varchar) as threshold,
        cast(n_failed as bigint) as n_failed,
        '{{ message_en }}' as message_en,
        '{{ message_fi }}' as message_fi
    from {{ cte }}
{% endmacro %}

{# A list of words as SQL text literals. #}
{% macro quoted(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}
