{# What Spark, from 4.1 on, calls otherwise than DuckDB: the same macros, which engines/duckdb/portable.sql describes.
   Backslashes stand in raw literals only: in others Spark takes them for escapes. #}

{% macro int_div(numerator, denominator) -%}
    (({{ numerator }}) div ({{ denominator }}))
{%- endmacro %}

{% macro product(first, second) -%}
    (cast({{ first }} as decimal(38, 0)) * {{ second }})
{%- endmacro %}

{# Welford's steps, as DuckDB takes them: an aggregate knows no order here, the list of the group does. #}
{% macro standard_deviation(number) -%}
    aggregate(
        array_sort(collect_list(cast({{ number }} as double))),
        struct(cast(0 as double) as n, cast(0 as double) as mean, cast(0 as double) as squares),
        (so_far, each) -> struct(
            so_far.n + 1 as n,
            so_far.mean + (each - so_far.mean) / (so_far.n + 1) as mean,
            so_far.squares
            + (each - (so_far.mean + (each - so_far.mean) / (so_far.n + 1))) * (each - so_far.mean) as squares
        ),
        whole -> case when whole.n > 1 then sqrt(whole.squares / (whole.n - 1)) end
    )
{%- endmacro %}

{% macro is_like(text, pattern) -%}
    ({{ text }} rlike r'\A(?:{{ pattern }})\z')
{%- endmacro %}

{% macro without_zero_decimals(text) -%}
    regexp_replace({{ text }}, r'^([+-]?[0-9]+)[.,]0{1,2}\z', '$1')
{%- endmacro %}

{% macro date_in_form(text, form) -%}
    cast(try_to_timestamp({{ text }}, '{{ form.replace('%d', 'd').replace('%m', 'M').replace('%Y', 'yyyy') }}') as date)
{%- endmacro %}

{# The time zone of a session is UTC. #}
{% macro local_date(utc_timestamp, zone) -%}
    cast(from_utc_timestamp({{ utc_timestamp }}, {{ zone }}) as date)
{%- endmacro %}

{% macro days_between(first, second) -%}
    datediff({{ second }}, {{ first }})
{%- endmacro %}

{% macro seconds_between(first, second) -%}
    timestampdiff(second, {{ first }}, {{ second }})
{%- endmacro %}

{% macro texts_in_order(text, separator, order_by) -%}
    case
        when count({{ text }}) > 0 then array_join(
            transform(array_sort(collect_list(struct({{ order_by }}, {{ text }} as text))), each -> each.text),
            '{{ separator }}'
        )
    end
{%- endmacro %}

{% macro sorted_list(value) -%}
    case when count({{ value }}) > 0 then array_sort(collect_set({{ value }})) end
{%- endmacro %}

{% macro empty_list(type) -%} cast(array() as array<{{ type }}>) {%- endmacro %}

{% macro first_of_list(list) -%} get({{ list }}, 0) {%- endmacro %}

{% macro rows_of_list(list) -%} explode({{ list }}) {%- endmacro %}

{# The separator is no pattern. #}
{% macro split_to_rows(text, separator) -%}
    explode(transform(split({{ text }}, regexp_replace({{ separator }}, r'(\W)', r'\\$1')), part -> trim(part)))
{%- endmacro %}

{% macro text_in(texts, language) -%}
    from_json({{ texts }}, 'map<string, string>')[{{ language }}]
{%- endmacro %}

{% macro all_texts(texts) -%}
    map_values(from_json({{ texts }}, 'map<string, string>'))
{%- endmacro %}

{% macro all_languages(texts) -%}
    map_keys(from_json({{ texts }}, 'map<string, string>'))
{%- endmacro %}

{% macro texts_in_json(texts) -%}
    from_json({{ texts }}, 'array<string>')
{%- endmacro %}

{% macro in_literals(sql) -%} {{ sql | replace('\\', '\\\\') }} {%- endmacro %}

{% macro all_but(table, columns) -%}
    {{ table }}.* except ({{ columns | join(', ') }})
{%- endmacro %}
