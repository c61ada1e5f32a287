{# One text in several languages is a JSON object by language, from the raw tables to the marts. #}

{# The text in one language, given as an SQL expression; null where there is none. #}
{% macro text_in(texts, language) -%}
    json_extract_string({{ texts }}, {{ language }})
{%- endmacro %}

{# The texts of all languages, one row each: to be used in a select list. #}
{% macro texts_of(texts) -%}
    unnest(json_extract_string({{ texts }}, '$.*'))
{%- endmacro %}

{# Whether a text is the one in any language. #}
{% macro is_text_of(text, texts) -%}
    list_contains(json_extract_string({{ texts }}, '$.*'), {{ text }})
{%- endmacro %}

{# Whether a text is one of a list of texts in JSON; null where either is null. #}
{% macro is_in_list(text, texts) -%}
    list_contains(json_extract_string({{ texts }}, '$[*]'), {{ text }})
{%- endmacro %}

{# The languages there are, one row each: to be used in a select list. #}
{% macro languages_of(texts) -%}
    unnest(json_keys({{ texts }}))
{%- endmacro %}

{# The text in the language that comes first. #}
{% macro first_text(texts) -%}
    json_extract_string({{ texts }}, '$.*')[1]
{%- endmacro %}

{# A column for each of the languages that the published tables have columns in: null in one that is not the survey's. #}
{% macro in_published_languages(texts, name) -%}
    {%- for language in var('published_languages') -%}
    {{ text_in(texts, "'" ~ language ~ "'") }} as {{ name }}_{{ language }}
    {%- if not loop.last %},
    {% endif -%}
    {%- endfor -%}
{%- endmacro %}
