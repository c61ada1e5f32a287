{# Rounding is done on integers: 1/8 prints as 13, and no floating point ever decides a tie. #}

{# n / base times scale, rounded half up to a whole number; null on an empty base. scale 100 gives a percentage. #}
{% macro half_up(n, base_n, scale) -%}
    case
        when {{ base_n }} > 0 then {{ int_div(2 * scale ~ ' * ' ~ n ~ ' + ' ~ base_n, '2 * ' ~ base_n) }}
    end
{%- endmacro %}

{% macro pct_half_up(n, base_n) -%}
    {{ half_up(n, base_n, 100) }}
{%- endmacro %}

{# Percentages that add up to 100: whole parts first, the rest to the largest remainders, ties by sort order. #}
{% macro pct_largest_remainder(n, base_n, partition_by, order_by) -%}
    case
        when {{ base_n }} > 0 then
            {{ int_div('100 * ' ~ n, base_n) }}
            + case
                when row_number() over (
                    partition by {{ partition_by }}
                    order by (100 * {{ n }}) % nullif({{ base_n }}, 0) desc, {{ order_by }}
                ) <= 100 - sum({{ int_div('100 * ' ~ n, 'nullif(' ~ base_n ~ ', 0)') }}) over (
                    partition by {{ partition_by }}
                )
                    then 1
                else 0
            end
    end
{%- endmacro %}

{# n / base_n as a fraction; null on an empty base. #}
{% macro share(n, base_n) -%}
    {{ n }} / cast(nullif({{ base_n }}, 0) as double)
{%- endmacro %}
