{# What the text of a cell says, and what is said of the values of a group, as every engine reads it. #}

{# Text without the spaces, tabs, line ends and no-break spaces around it. #}
{% macro trimmed(text) -%}
    trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) from {{ text }})
{%- endmacro %}

{# Text to an exact number, or null: only digits with an optional sign and one decimal sign count as a number. "2.0" is
   the integer 2 in every export, whatever the round's decimal sign; "1.000" under a decimal comma may be a thousand.
   It is exact to six decimals, and one with more than 15 digits before them is the first that has: out of any range. #}
{% macro text_to_number(text, decimal_sign) -%}
    case
        when {{ text }} is null
            or not {{ is_like(text, '[+-]?[0-9]+([.,][0-9]+)?') }}
            or (position('.' in {{ text }}) > 0 and {{ decimal_sign }} <> '.' and {{ text }} = {{ without_zero_decimals(text) }})
            or (position(',' in {{ text }}) > 0 and {{ decimal_sign }} <> ',')
            then null
        when {{ is_like(text, '[+-]?0*[0-9]{1,15}([.,][0-9]+)?') }}
            then cast(replace({{ text }}, ',', '.') as decimal(24, 6))
        when {{ text }} like '-%' then cast(-{{ too_long_a_number() }} as decimal(24, 6))
        else cast({{ too_long_a_number() }} as decimal(24, 6))
    end
{%- endmacro %}

{% macro too_long_a_number() -%} 1000000000000000 {%- endmacro %}

{% macro is_too_long(number) -%} abs({{ number }}) >= {{ too_long_a_number() }} {%- endmacro %}

{# The digits of a whole number without the zeros before them and without decimals; null of any other text. #}
{% macro bare_digits(text) -%}
    case
        when {{ is_like(text, '[0-9]+([.]0+)?') }} then trim(leading '0' from regexp_replace({{ text }}, '[.]0+$', ''))
    end
{%- endmacro %}

{# Text to a date, or null: ISO (2023-01-31) and the round's own form only, with a year of four digits. Some tools write
   the midnight that a day begins with behind it. The form is compared, not given: engines want it to be constant. #}
{% macro text_to_date(text, date_format) -%}
    case
        when {{ is_like(text, '[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}( 00:00:00)?') }}
            then {{ date_in_form('replace(' ~ text ~ ", ' 00:00:00', '')", '%Y-%m-%d') }}
        {% for form in var('date_formats') -%}
        when {{ date_format }} = '{{ form }}' and {{ is_like(text, date_pattern(form)) }} then {{ date_in_form(text, form) }}
        {% endfor -%}
    end
{%- endmacro %}

{# What a text in a form of dates looks like. #}
{% macro date_pattern(form) -%}
    {{- form.replace('.', '[.]').replace('%Y', '[1-9][0-9]{3}').replace('%m', '[0-9]{1,2}').replace('%d', '[0-9]{1,2}') -}}
{%- endmacro %}

{# True where any row of the group meets the condition. #}
{% macro any_true(condition) -%}
    (max(case when {{ condition }} then 1 else 0 end) = 1)
{%- endmacro %}

{# The value in a group with the least `first`, a whole number below 2^31, and of equal ones with the least `second`, one
   below 2^28. #}
{% macro first_by(value, first, second) -%}
    min_by({{ value }}, cast({{ first }} as bigint) * 268435456 + {{ second }})
{%- endmacro %}

{% macro is_element(value, list) -%} array_contains({{ list }}, {{ value }}) {%- endmacro %}

{# An exact number as a person writes it: 100, not 100.000000. #}
{% macro plain_number(number) -%}
    trim(trailing '.' from trim(trailing '0' from cast({{ number }} as string)))
{%- endmacro %}

{# The day before a date. #}
{% macro day_before(day) -%}
    ({{ day }} - 1)
{%- endmacro %}

{# Natural logarithm of a number that is not negative; below 1 it is taken as 1. #}
{% macro natural_log(number) -%}
    ln(greatest({{ number }}, 1))
{%- endmacro %}

{# The value below which a part of the values lie, between two values where it falls between them. #}
{% macro quantile(number, part) -%}
    percentile_cont({{ part }}) within group (order by cast({{ number }} as double))
{%- endmacro %}

{# A number with so many decimals as text, rounded half up from nine: a share of 1/16 is 6.3 % on every engine. #}
{% macro with_decimals(number, n) -%}
    cast(cast(cast({{ number }} as decimal(38, 9)) as decimal(38, {{ n }})) as string)
{%- endmacro %}

{# The same of a difference: with its sign. #}
{% macro with_sign(number, n) -%}
    (case when {{ number }} < 0 then '-' else '+' end || {{ with_decimals('abs(' ~ number ~ ')', n) }})
{%- endmacro %}
