{% macro under_coverage() %}
    with division as (
        select
            survey_id, round_id,
            population.population,
            case when frame.municipality_code is null then 1 else 0 end as is_left_out
        from rounds
        inner join {{ ref('stg_registry__municipalities') }} as municipalities using (division_date)
        left join {{ ref('int_population_on_division') }} as population
            using (division_date, municipality_code, population_year)
        left join frame using (survey_id, round_id, municipality_code)
    )

    select
        survey_id, round_id,
        sum(is_left_out) || ' of ' || count(*) || ', '
        || {{ percent('sum(is_left_out * population) / nullif(sum(population), 0.0)') }} || ' of the inhabitants'
            as observed,
        '0' as threshold,
        sum(is_left_out) as n_failed
    from division
    group by survey_id, round_id
{% endmacro %}
