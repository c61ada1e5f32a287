{# What a published table says of itself in its meta: no two rows share its key, no column of the key is null, and each of
   its joins finds a row. Of a table that keeps rounds, those that are carried over were tested when they were built. #}
{% test as_declared(model, key, joins={}, keeps_rounds=false) %}
    select 'key' as broken, count(*) as n_rows
    from {{ model }}
    {% if keeps_rounds %}where {{ is_built_now() }}{% endif %}
    group by {{ key | join(', ') }}
    having count(*) > 1 or {{ key | join(' is null or ') }} is null
    {%- for column, target in joins.items() %}
    {%- set table, found_by = target.split('.') %}
    union all
    select '{{ column }}', count(*)
    from {{ model }}
    where {{ column }} is not null and {{ column }} not in (select {{ found_by }} from {{ ref(table) }})
    having count(*) > 0
    {%- endfor %}
{% endtest %}
