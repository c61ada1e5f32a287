{# population_coverage, foreign_language_coverage: their share of each row is known, also of all. #}
{% macro coverage(of) %}
    with parts as (
        select
            survey_id, round_id, breakdown as part, breakdown_id as part_id,
            {{ percent(of) }} as observed,
            '{{ var('monitor').coverage }}' as threshold,
            case when {{ of }} < {{ var('monitor').coverage }} then 1 when {{ of }} is not null then 0 end as n_failed
        from rates
        where breakdown in ('all', 'size_class', 'county') and n_frame > 0
    )

    select
        survey_id, round_id, coalesce(parts.part, 'all') as part, coalesce(parts.part_id, 'all') as part_id,
        parts.observed,
        parts.threshold,
        parts.n_failed
    from rounds
    left join parts using (survey_id, round_id)
{% endmacro %}
