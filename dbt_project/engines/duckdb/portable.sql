{# What differs between engines, in one place: a file for each engine with the same macros. No model calls what only one
   engine has. #}

{# Integer quotient of two non-negative integers. #}
{% macro int_div(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{# A product of two whole numbers that may be too large for one. It is whole too: a sum of such needs no order. #}
{% macro product(first, second) -%}
    (cast({{ first }} as hugeint) * {{ second }})
{%- endmacro %}

{# How far numbers lie from their mean, over n - 1, in their order; null with one number. #}
{% macro standard_deviation(number) -%}
    stddev_samp(cast({{ number }} as double) order by {{ number }})
{%- endmacro %}

{# Whether the whole of a text is as a pattern says, which has no backslash and no quote. #}
{% macro is_like(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# "2.0" and "2,0" as "2". #}
{% macro without_zero_decimals(text) -%}
    regexp_replace({{ text }}, '^([+-]?[0-9]+)[.,]0{1,2}$', '\1')
{%- endmacro %}

{# Text to a date in a form such as %d.%m.%Y, or null. #}
{% macro date_in_form(text, form) -%}
    cast(try_strptime({{ text }}, '{{ form }}') as date)
{%- endmacro %}

{# A UTC timestamp as the local day in a named zone. #}
{% macro local_date(utc_timestamp, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}

{# Days from one date to another. #}
{% macro days_between(first, second) -%}
    date_diff('day', {{ first }}, {{ second }})
{%- endmacro %}

{# Whole seconds from one timestamp to a later one. #}
{% macro seconds_between(first, second) -%}
    date_sub('second', {{ first }}, {{ second }})
{%- endmacro %}

{# The texts of a group as one, in the order of columns; null where there is none. #}
{% macro texts_in_order(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{# The different values of a group as a list, in order; null where there is none. #}
{% macro sorted_list(value) -%}
    list_sort(list(distinct {{ value }}) filter (where {{ value }} is not null))
{%- endmacro %}

{% macro empty_list(type) -%} cast([] as {{ type }} []) {%- endmacro %}

{% macro first_of_list(list) -%} {{ list }}[1] {%- endmacro %}

{# The values of a list, one row each: to be used in a select list. #}
{% macro rows_of_list(list) -%} unnest({{ list }}) {%- endmacro %}

{# The parts of a joined cell without spaces around them, one row each: to be used in a select list. #}
{% macro split_to_rows(text, separator) -%}
    unnest(list_transform(string_split({{ text }}, {{ separator }}), lambda part: trim(part)))
{%- endmacro %}

{# The text in one language, given as an SQL expression, of a JSON object by language; null where there is none. #}
{% macro text_in(texts, language) -%}
    json_extract_string({{ texts }}, {{ language }})
{%- endmacro %}

{# The texts of such an object, and its languages, as lists. #}
{% macro all_texts(texts) -%}
    json_extract_string({{ texts }}, '$.*')
{%- endmacro %}

{% macro all_languages(texts) -%} json_keys({{ texts }}) {%- endmacro %}

{# A list of texts in JSON as a list. #}
{% macro texts_in_json(texts) -%}
    json_extract_string({{ texts }}, '$[*]')
{%- endmacro %}

{# What stands in literals of SQL, or SQL whose backslashes all do. #}
{% macro in_literals(sql) -%} {{ sql }} {%- endmacro %}

{# All columns of a table but these. #}
{% macro all_but(table, columns) -%}
    {{ table }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}
