with latest_population as (
    select * from {{ ref('int_population_on_division') }}
    qualify
        row_number() over (partition by municipality_code, division_date order by population_year desc) = 1
),

areas_in_columns as (
    select
        division_date,
        municipality_code,
        {% for level in var('area_levels_in_columns') %}
        max(case when area_level = '{{ level }}' then area_code end) as {{ level }}_code
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('stg_registry__municipality_areas') }}
    group by division_date, municipality_code
)

select
    municipalities.division_date,
    municipalities.municipality_code,
    {{ key(['municipalities.division_date', 'municipalities.municipality_code']) }} as municipality_key,
    {{ in_published_languages('municipalities.names', 'name') }},
    {% for level in var('area_levels_in_columns') %}
    areas_in_columns.{{ level }}_code,
    {% endfor %}
    municipalities.is_mainland,
    latest_population.population,
    latest_population.population_year
from {{ ref('stg_registry__municipalities') }} as municipalities
left join areas_in_columns using (municipality_code, division_date)
left join latest_population using (municipality_code, division_date)
