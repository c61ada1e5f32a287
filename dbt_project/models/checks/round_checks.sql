-- Every check of a round made in SQL, with its parts. Each family has a model of its own; its YAML file says what each
-- check is.
{% for family in var('families') %}
select {{ columns_of_checks() }} from {{ ref('checks_' ~ family) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
