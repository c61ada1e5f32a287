{# The end of a model of checks. Each check that its YAML file defines has a CTE of that name, which measures: survey_id,
   round_id, observed, threshold, n_failed, and with `parts: true` part and part_id. A check fails when n_failed > 0 and
   is not computable when n_failed is null. #}
{% macro checked() %}
checked as (
    {% for definition in model.config.meta.checks %}
    {{ check(definition, model.name.replace('checks_', '')) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from checked
{% endmacro %}

{# By name: an engine that keeps tables by round has the round's columns last. #}
{% macro columns_of_checks() -%}
    survey_id, round_id, check_id, part, part_id, family, asset, severity, status, observed, threshold, n_failed,
    definition, formula, message_en, message_fi, message_sv
{%- endmacro %}

{% macro check(definition, family) %}
    select
        survey_id,
        round_id,
        '{{ definition.id }}' as check_id,
        {% if definition.parts %}part{% else %}'all'{% endif %} as part,
        {% if definition.parts %}part_id{% else %}'all'{% endif %} as part_id,
        '{{ family }}' as family,
        '{{ definition.asset }}' as asset,
        '{{ definition.severity }}' as severity,
        case when n_failed is null then 'not_computable' when n_failed > 0 then 'fail' else 'pass' end as status,
        cast(observed as string) as observed,
        cast(threshold as string) as threshold,
        cast(coalesce(n_failed, 0) as bigint) as n_failed,
        {{ text(definition.definition) }} as definition,
        {{ text(definition.formula) }} as formula,
        {{ text(definition.message_en) }} as message_en,
        {{ text(definition.message_fi) }} as message_fi,
        {{ text(definition.message_sv) }} as message_sv
    from {{ definition.id }}
{% endmacro %}

{# A check made of its parts (questions, size classes, counties): each is a row, and the round says which of them fail.
   `with`, or CTEs of its own, come before it; the block is the select of the parts: survey_id, round_id, part, part_id,
   observed, threshold, n_failed. Needs a CTE rounds. #}
{% macro whole_of() %}
    parts as ({{ caller() }}    )

    select
        survey_id, round_id, 'all' as part, 'all' as part_id,
        case
            when count(parts.n_failed) = 0 then null
            when sum(parts.n_failed) = 0 then 'none of ' || count(parts.n_failed)
            else {{ texts_in_order(
                "case when parts.n_failed > 0 then parts.part_id || ': ' || parts.observed end", '; ',
                'parts.part, parts.part_id'
            ) }}
        end as observed,
        max(parts.threshold) as threshold,
        sum(parts.n_failed) as n_failed
    from rounds
    left join parts using (survey_id, round_id)
    group by survey_id, round_id
    union all
    select survey_id, round_id, part, part_id, observed, threshold, n_failed
    from parts
{% endmacro %}

{# The rounds that map a column of this name. #}
{% macro mapped(column) -%}
    (
        select distinct survey_id, round_id, question_id
        from {{ ref('stg_codebook__columns') }}
        where question_id = '{{ column }}'
    ) as mapped
{%- endmacro %}

{# A check of accepted responses, in rounds that map a column of this name. Needs CTEs rounds and accepted. #}
{% macro accepted_that(is_at_fault, column, needed='mapped.question_id') %}
    select
        survey_id, round_id,
        count(accepted.row_id) as observed,
        0 as threshold,
        case
            when max(mapped.question_id) is not null and max({{ needed }}) is not null
                then sum(case when accepted.row_id is not null and accepted.{{ is_at_fault }} then 1 else 0 end)
        end as n_failed
    from rounds
    left join {{ mapped(column) }} using (survey_id, round_id)
    left join accepted using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}

{# A share as a percentage with one decimal, as text: 53.6 %. #}
{% macro percent(share) -%}
    ({{ with_decimals('100 * (' ~ share ~ ')', 1) }} || ' %')
{%- endmacro %}

{% macro text(words) -%}
    '{{ in_literals(words | replace("'", "''")) }}'
{%- endmacro %}

{# A list of words as SQL text literals. #}
{% macro quoted(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}

{# The day on which this build runs, in Finland. #}
{% macro today() -%}
    {{ local_date("timestamp '" ~ (run_started_at | string)[:19] ~ "'", "'Europe/Helsinki'") }}
{%- endmacro %}
