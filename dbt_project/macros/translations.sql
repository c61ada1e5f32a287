{# One text in several languages is a JSON object by language, from the raw tables to the marts. #}

{# The texts of all languages, one row each: to be used in a select list. #}
{% macro texts_of(texts) -%} {{ rows_of_list(all_texts(texts)) }} {%- endmacro %}

{# Whether a text is the one in any language. #}
{% macro is_text_of(text, texts) -%} {{ is_element(text, all_texts(texts)) }} {%- endmacro %}

{# Whether a text is one of a list of texts in JSON; null where either is null. #}
{% macro is_in_list(text, texts) -%} {{ is_element(text, texts_in_json(texts)) }} {%- endmacro %}

{# The languages there are, one row each: to be used in a select list. #}
{% macro languages_of(texts) -%} {{ rows_of_list(all_languages(texts)) }} {%- endmacro %}

{# The text in the language that comes first. #}
{% macro first_text(texts) -%} {{ first_of_list(all_texts(texts)) }} {%- endmacro %}

{# A column for each of the languages that the published tables have columns in: null in one that is not the survey's. #}
{% macro in_published_languages(texts, name) -%}
    {%- for language in var('published_languages') -%}
    {{ text_in(texts, "'" ~ language ~ "'") }} as {{ name }}_{{ language }}
    {%- if not loop.last %},
    {% endif -%}
    {%- endfor -%}
{%- endmacro %}
