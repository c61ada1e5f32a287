{% macro frozen_figures() %}
    with printed_again as (
        select
            survey_id, round_id,
            case when figures.computed_value = released.computed_value then 0 else 1 end as has_moved
        from {{ ref('publication_reconciliation') }} as figures
        inner join {{ ref('stg_release__figures') }} as released using (survey_id, round_id, figure_id)
    )

    select
        survey_id, round_id,
        sum(figures.has_moved) || ' of ' || count(figures.has_moved) as observed,
        0 as threshold,
        sum(figures.has_moved) as n_failed
    from rounds
    left join printed_again as figures using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
