{# The grain of a table: no two rows share these columns, and none of them is null. Of a table that keeps rounds, those
   that are carried over were tested when they were built, and are as they were. #}
{% test unique_together(model, columns, keeps_rounds=false) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    {% if keeps_rounds %}where {{ is_built_now() }}{% endif %}
    group by {{ columns | join(', ') }}
    having count(*) > 1 or {{ columns | join(' is null or ') }} is null
{% endtest %}
