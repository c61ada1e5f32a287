{# A division may have no counties at all. #}
{% macro frame_one_county() %}
    with placed as (
        select frame.survey_id, frame.round_id, frame.municipality_code, count(counties.area_code) as n_counties
        from frame
        left join {{ ref('stg_registry__municipality_areas') }} as counties
            on
                frame.division_date = counties.division_date
                and frame.municipality_code = counties.municipality_code
                and counties.area_level = 'county'
        group by frame.survey_id, frame.round_id, frame.municipality_code
    )

    select
        survey_id, round_id,
        count(*) as observed,
        'one county each' as threshold,
        case when sum(n_counties) > 0 then sum(case when n_counties = 1 then 0 else 1 end) else 0 end as n_failed
    from placed
    group by survey_id, round_id
{% endmacro %}
