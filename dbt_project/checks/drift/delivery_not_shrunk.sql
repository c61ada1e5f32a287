{# A response that is withdrawn is there as long as it is delivered; copies and empty rows are none. #}
{% macro delivery_not_shrunk() %}
    with delivered as (
        select
            survey_id, round_id,
            count(distinct response_token) + sum(case when response_token is null then 1 else 0 end) as n_rows
        from source_rows
        where row_status not in ('erased', 'empty_row')
        group by survey_id, round_id
    ),

    published as (
        select survey_id, round_id, count(*) as n_rows
        from published_rows
        group by survey_id, round_id
    ),

    sizes as (
        select
            survey_id, round_id,
            published.n_rows as n_rows_before,
            coalesce(released_rounds.n_responses, 0) as n_accepted_before,
            coalesce(delivered.n_rows, 0) as n_rows,
            coalesce(counts.n_responses, 0) as n_accepted
        from published
        left join {{ ref('stg_release__rounds') }} as released_rounds using (survey_id, round_id)
        left join delivered using (survey_id, round_id)
        left join counts using (survey_id, round_id)
    )

    select
        survey_id, round_id,
        sizes.n_rows || ' rows, ' || sizes.n_accepted || ' accepted, after ' || sizes.n_rows_before || ' rows, '
        || sizes.n_accepted_before || ' accepted' as observed,
        'some, and at most {{ var('monitor').rows_lost }} rows or '
        || {{ percent(var('monitor').rows_lost_share) }} || ' fewer' as threshold,
        case
            when sizes.n_accepted = 0 and sizes.n_accepted_before > 0 then sizes.n_accepted_before
            when
                sizes.n_rows_before - sizes.n_rows
                > greatest({{ var('monitor').rows_lost }}, {{ var('monitor').rows_lost_share }} * sizes.n_rows_before)
                then sizes.n_rows_before - sizes.n_rows
            when sizes.n_rows is not null then 0
        end as n_failed
    from rounds
    left join sizes using (survey_id, round_id)
{% endmacro %}
