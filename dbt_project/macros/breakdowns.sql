{# Breakdowns that are a property of the municipality: the breakdown and the column of the frame that holds it. #}
{% macro area_breakdowns() %}
    {{ return({
        'size_class': 'size_class_id',
        'county': 'county_code',
        'region': 'region_code',
        'ely': 'ely_code',
        'urban_rural': 'urban_rural_code',
        'language_status': 'language_status_code',
    }) }}
{% endmacro %}

{# The levels of the registry's code lists: a round has only those of its frame. #}
{% macro area_levels() %}
    {{ return(area_breakdowns().keys() | reject('equalto', 'size_class') | list) }}
{% endmacro %}
